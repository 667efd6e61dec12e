// A carrier at its worst: slow, limited, forgetful of its answers, and early, late or repetitive
// with its receipts. It keeps the truth: whom it really wrote to.
import type { Outcome, Outgoing, Receipt } from "#server/providers/provider.ts";
import type { Carrier } from "#server/providers/provider.ts";
import { ok } from "#domain/core/result.ts";
import type { Random } from "../random.ts";

interface Pending {
  readonly message: Outgoing;
  readonly resolve: (outcome: Outcome) => void;
}

const trouble = { code: "", words: "" };

export class WorstCarrier {
  /** Times that each recipient was really written to, by address. */
  readonly effects = new Map<string, number>();
  readonly keysOf = new Map<string, Set<string>>();
  /** Times that each key was really acted upon. */
  readonly acted = new Map<string, number>();
  readonly refused = new Set<string>();
  isFaulty = true;
  readonly #random: Random;
  readonly #honoursKeys: boolean;
  readonly #onCall: (message: Outgoing) => void;
  readonly #done = new Map<string, Outcome>();
  #pending: Pending[] = [];
  #receipts: Receipt[] = [];

  constructor(random: Random, honoursKeys: boolean, onCall: (message: Outgoing) => void) {
    this.#random = random;
    this.#honoursKeys = honoursKeys;
    this.#onCall = onCall;
  }

  get carrier(): Carrier {
    return {
      send: (message) => {
        this.#onCall(message);
        return new Promise((resolve) => {
          this.#pending.push({ message, resolve });
        });
      },
      check: async () => ok("It answers."),
      close: async () => undefined,
    };
  }

  get waiting(): number {
    return this.#pending.length;
  }

  /** Ends some of the calls, in any order. */
  answer(now: number): void {
    const still: Pending[] = [];
    for (const call of this.#pending) {
      if (this.isFaulty && this.#random.chance(0.4)) still.push(call);
      else call.resolve(this.#handle(call.message, now));
    }
    this.#pending = still;
  }

  /** The other side died: calls on their way may still take effect, and nobody hears their answer. */
  forgetCallers(now: number): void {
    for (const { message } of this.#pending) {
      if (this.#random.chance(0.5)) this.#handle(message, now);
    }
    this.#pending = [];
  }

  /** Some receipts, out of order, some of them for a second time. */
  takeReceipts(): readonly Receipt[] {
    const now: Receipt[] = [];
    const later: Receipt[] = [];
    for (const receipt of this.#receipts) {
      const isNow = !this.isFaulty || this.#random.chance(0.5);
      if (isNow) now.push(receipt);
      if (!isNow || (this.isFaulty && this.#random.chance(0.1))) later.push(receipt);
    }
    this.#receipts = later;
    return this.#random.chance(0.5) ? now.toReversed() : now;
  }

  #handle(message: Outgoing, now: number): Outcome {
    if (this.isFaulty) {
      const luck = this.#random.next();
      if (luck < 0.05) {
        return { outcome: "later", reason: "rate_limited", afterMs: 500, ...trouble };
      }
      if (luck < 0.08) {
        return { outcome: "later", reason: "network_error", afterMs: null, ...trouble };
      }
      if (luck < 0.11) return { outcome: "unknown", reason: "provider_error", ...trouble };
    }
    const known = this.#honoursKeys ? this.#done.get(message.key) : undefined;
    const outcome = known ?? this.#act(message, now);
    if (this.isFaulty && this.#random.chance(0.06)) {
      return { outcome: "unknown", reason: "provider_timeout", ...trouble };
    }
    return outcome;
  }

  #act(message: Outgoing, now: number): Outcome {
    const keys = this.keysOf.get(message.to) ?? new Set();
    this.keysOf.set(message.to, keys.add(message.key));
    const outcome = this.#random.chance(0.06) ? this.#refuse(message) : this.#accept(message, now);
    this.#done.set(message.key, outcome);
    return outcome;
  }

  #refuse({ to }: Outgoing): Outcome {
    this.refused.add(to);
    return { outcome: "refused", reason: "invalid_address", ...trouble };
  }

  #accept({ key, to }: Outgoing, now: number): Outcome {
    this.effects.set(to, (this.effects.get(to) ?? 0) + 1);
    this.acted.set(key, (this.acted.get(key) ?? 0) + 1);
    const luck = this.#random.next();
    const receipt = { key, at: now, code: "", words: "" };
    if (luck < 0.7) this.#receipts.push({ ...receipt, state: "delivered", reason: "none" });
    else if (luck < 0.85) {
      this.#receipts.push({ ...receipt, state: "undelivered", reason: "unreachable" });
    }
    if (luck < 0.3) this.#receipts.push({ ...receipt, state: "sent", reason: "none" });
    return { outcome: "accepted", state: "submitted", providerId: null };
  }
}
