/** A provider whose answers a test decides, and which remembers what it did for whom. */
import { defaultLimits, type Limits } from "#domain/campaign/account.ts";
import { ok } from "#domain/core/result.ts";
import { resolveWindowMs } from "#domain/message/retry.ts";
import { defaultGuards, type Guards } from "#domain/message/breaker.ts";
import type { OpenAccount } from "#server/delivery/carriers.ts";
import type { Carrier, Outcome, Outgoing } from "#server/providers/provider.ts";

export interface FakeCarrier {
  readonly carrier: Carrier;
  /** Every call, in order. */
  readonly calls: readonly Outgoing[];
  /** Messages that took effect, by key: what a recipient would have. */
  readonly effects: ReadonlyMap<string, number>;
}

export const accepted: Outcome = { outcome: "accepted", state: "submitted", providerId: null };
export const deliveredAtOnce: Outcome = {
  outcome: "accepted",
  state: "delivered",
  providerId: null,
};

/** `answer` decides a call; `takes` says whether it took effect (by default when it was accepted). */
export function createFakeCarrier(
  answer: (message: Outgoing, call: number) => Outcome | Promise<Outcome> = () => deliveredAtOnce,
): FakeCarrier & { readonly note: (key: string) => void } {
  const calls: Outgoing[] = [];
  const effects = new Map<string, number>();
  const note = (key: string): void => {
    effects.set(key, (effects.get(key) ?? 0) + 1);
  };
  return {
    calls,
    effects,
    note,
    carrier: {
      send: async (message) => {
        calls.push(message);
        const outcome = await answer(message, calls.length);
        if (outcome.outcome === "accepted") note(message.key);
        return outcome;
      },
      check: async () => ok("It answers."),
      close: async () => undefined,
    },
  };
}

export interface FakeAccount {
  readonly honoursKeys?: boolean;
  readonly resolveWindowMs?: number;
  readonly receipts?: "none" | "push" | "pull";
  readonly receiptWindowMs?: number;
  readonly limits?: Partial<Limits>;
  readonly guards?: Partial<Guards>;
}

export function openFake(carrier: Carrier, over: FakeAccount = {}): OpenAccount {
  return {
    carrier,
    provider: {
      name: "sandbox",
      honoursKeys: over.honoursKeys ?? true,
      receipts: over.receipts ?? "none",
      receiptWindowMs: over.receiptWindowMs ?? 60_000,
      resendScale: 1,
      resolveWindowMs: over.resolveWindowMs ?? resolveWindowMs,
    },
    limits: { ...defaultLimits, concurrency: 20, ...over.limits },
    guards: { ...defaultGuards, ...over.guards },
    sender: "news@example.org",
  };
}
