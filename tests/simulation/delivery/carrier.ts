// A carrier at its worst: slow, limited, forgetful of its answers, and early, late, repetitive or
// contradictory with its receipts. It keeps the truth: whom it really wrote to.
import { ok } from "#domain/core/result.ts";
import { minuteMs, secondMs } from "#domain/core/time.ts";
import type { Asked, Carrier, Outcome, Outgoing, Receipt } from "#server/providers/provider.ts";
import type { Random } from "../random.ts";

interface Pending {
  readonly message: Outgoing;
  readonly resolve: (outcome: Outcome) => void;
  /** What it will answer, once it has acted; null while the call is on its way. */
  outcome: Outcome | null;
}

export interface Effect {
  readonly to: string;
  readonly key: string;
}

interface Waiting {
  readonly receipt: Receipt;
  /** Not told before this moment. */
  readonly from: number;
}

export interface WorstCarrierDeps {
  readonly random: Random;
  readonly honoursKeys: boolean;
  readonly receipts: "push" | "pull";
  /** The time that really passed, which no jump of the server's clock changes. */
  readonly now: () => number;
  readonly onCall: (message: Outgoing) => void;
}

/** What most calls come to for a while. */
const weathers = ["fair", "fair", "fair", "storm", "throttle", "silence", "refusal"] as const;

const trouble = { code: "", words: "" };

/** It tells of some whose carrier it is, and another time of another. */
const carrierNames = ["Northern", "Southern", "northern"];

export class WorstCarrier {
  /** Every message that a recipient really got. */
  readonly effects: Effect[] = [];
  isFaulty = true;
  readonly #deps: WorstCarrierDeps;
  readonly #done = new Map<string, Outcome>();
  /** What was said last about a key; nothing while a call is on its way. */
  readonly #said = new Map<string, Outcome["outcome"]>();
  #weather: (typeof weathers)[number] = "fair";
  #pending: Pending[] = [];
  #receipts: Waiting[] = [];

  constructor(deps: WorstCarrierDeps) {
    this.#deps = deps;
  }

  get carrier(): Carrier {
    const plain: Carrier = {
      send: (message) => {
        this.#deps.onCall(message);
        this.#said.delete(message.key);
        return new Promise((resolve) => {
          this.#pending.push({ message, resolve, outcome: null });
        });
      },
      check: async () => ok("It answers."),
      close: async () => undefined,
    };
    if (this.#deps.receipts === "push") return plain;
    return { ...plain, ask: async (messages, now) => this.#ask(messages, now) };
  }

  /** Calls without an answer, and receipts that were not told. */
  get waiting(): number {
    return this.#pending.length + (this.#deps.receipts === "push" ? this.#receipts.length : 0);
  }

  /** How it goes for the next while. */
  turn(): void {
    this.#weather = this.#deps.random.pick(weathers);
  }

  /** Brings calls on, in any order: some begin to act, some end. */
  answer(): void {
    const { random } = this.#deps;
    const still: Pending[] = [];
    for (const call of this.#pending) {
      if (this.isFaulty && random.chance(0.3)) {
        still.push(call);
        continue;
      }
      call.outcome ??= this.#handle(call.message);
      // It has acted, and its receipt may be there before its answer.
      if (this.isFaulty && random.chance(0.2)) still.push(call);
      else {
        this.#said.set(call.message.key, call.outcome.outcome);
        call.resolve(call.outcome);
      }
    }
    this.#pending = still;
  }

  /** Whether nobody who heard its last answer knows whether it acted. */
  leftOpen(key: string): boolean {
    const said = this.#said.get(key);
    return said !== "later" && said !== "refused";
  }

  /** Messages that their recipients really got, by address. */
  reached(nameOf: (key: string) => string | null): ReadonlyMap<string, ReadonlySet<string>> {
    const found = new Map<string, Set<string>>();
    for (const { to, key } of this.effects) {
      const name = nameOf(key);
      if (name !== null) found.set(to, (found.get(to) ?? new Set()).add(name));
    }
    return found;
  }

  /** The other side died: calls on their way may still take effect, and nobody hears their answer. */
  forgetCallers(): void {
    for (const call of this.#pending) {
      if (call.outcome === null && this.#deps.random.chance(0.5)) this.#handle(call.message);
    }
    this.#pending = [];
  }

  /** Some receipts: out of order, some for a second time, some about nothing of ours. */
  takeReceipts(): readonly Receipt[] {
    if (this.#deps.receipts === "pull") return [];
    const { random } = this.#deps;
    const now: Receipt[] = [];
    const later: Waiting[] = [];
    for (const waiting of this.#receipts) {
      const isNow = !this.isFaulty || (waiting.from <= this.#deps.now() && random.chance(0.6));
      if (isNow) now.push(waiting.receipt);
      if (!isNow || (this.isFaulty && random.chance(0.15))) later.push(waiting);
    }
    this.#receipts = later;
    if (this.isFaulty && random.chance(0.1)) now.push(...this.#strange());
    return random.chance(0.5) ? now.toReversed() : now;
  }

  /** Nobody took them: they are told again. */
  giveBack(receipts: readonly Receipt[]): void {
    this.#receipts.push(...receipts.map((receipt) => ({ receipt, from: 0 })));
  }

  #ask(messages: readonly Asked[], now: number): Awaited<ReturnType<NonNullable<Carrier["ask"]>>> {
    const asked = new Set(messages.map(({ key }) => key));
    const receipts = this.#receipts
      .filter(({ receipt, from }) => asked.has(receipt.key) && from <= this.#deps.now())
      .map(({ receipt }) => receipt);
    return { receipts, nextAt: now + secondMs / 2 };
  }

  #handle(message: Outgoing): Outcome {
    const failure = this.isFaulty ? this.#failure() : null;
    if (failure !== null) return failure;
    const known = this.#done.get(message.key);
    const isRepeated = known !== undefined && this.#deps.honoursKeys;
    const outcome = isRepeated ? known : this.#act(message, known);
    const isLost = this.#deps.random.chance(this.#weather === "silence" ? 0.7 : 0.06);
    if (!this.isFaulty || !isLost) return outcome;
    // A cut body, a time-out or an error page after the fact: all that is known is that nothing is.
    const reason = this.#deps.random.pick(["provider_timeout", "provider_error"] as const);
    return { outcome: "unknown", reason, ...trouble };
  }

  /** Trouble before anything took effect. */
  #failure(): Outcome | null {
    const { random } = this.#deps;
    const luck = random.next();
    if (luck < (this.#weather === "throttle" ? 0.8 : 0.04)) {
      const afterMs = random.pick([null, 500, 5 * secondMs, 20 * minuteMs]);
      return { outcome: "later", reason: "rate_limited", afterMs, ...trouble };
    }
    if (luck > (this.#weather === "storm" ? 0.2 : 0.95)) {
      return random.chance(0.5)
        ? { outcome: "later", reason: "network_error", afterMs: null, ...trouble }
        : { outcome: "unknown", reason: "provider_error", ...trouble };
    }
    if (this.#weather === "refusal" && luck < 0.3) {
      return { outcome: "refused", reason: "auth_failed", ...trouble };
    }
    return null;
  }

  /** Who was refused or accepted once is so again: it is the same message to the same person. */
  #act(message: Outgoing, before: Outcome | undefined): Outcome {
    const isRefused =
      before === undefined ? this.#deps.random.chance(0.06) : before.outcome === "refused";
    const outcome: Outcome = isRefused
      ? { outcome: "refused", reason: "invalid_address", ...trouble }
      : { outcome: "accepted", state: "submitted", providerId: null };
    if (!isRefused) this.#accept(message);
    this.#done.set(message.key, outcome);
    return outcome;
  }

  #accept({ key, to }: Outgoing): void {
    const { random } = this.#deps;
    this.effects.push({ to, key });
    const luck = random.next();
    if (random.chance(0.3)) this.#tell(key, "sent");
    if (luck < 0.6 || luck > 0.95) this.#tell(key, "delivered");
    if (luck < 0.15) this.#tell(key, "read");
    if (luck > 0.6 && luck < 0.8) this.#tell(key, "undelivered");
    // It contradicts itself, in either order.
    if (luck > 0.95) this.#tell(key, "undelivered");
  }

  #tell(key: string, state: Receipt["state"]): void {
    const { random } = this.#deps;
    const at = this.#deps.now();
    const from = at + (random.chance(0.1) ? random.below(7 * 86_400) * secondMs : 0);
    const reason = state === "undelivered" ? "unreachable" : "none";
    // Which is no draw: kept seeds go on meaning what they meant.
    const told = carrierNames[key.charCodeAt(key.length - 1 - (this.effects.length % 3)) % 6];
    const named = told === undefined ? {} : { carrier: told };
    this.#receipts.push({ receipt: { key, state, at, reason, ...trouble, ...named }, from });
  }

  /** Receipts about keys that nobody made. */
  #strange(): readonly Receipt[] {
    const [effect] = this.effects;
    const state = "delivered";
    const receipt = { state, at: this.#deps.now(), reason: "none", ...trouble } as const;
    const real = effect?.key ?? "b".repeat(29);
    const forged = `${real.slice(0, -2)}${real.endsWith("a") ? "bb" : "aa"}`;
    return [
      { ...receipt, key: "not a key" },
      { ...receipt, key: forged },
    ];
  }
}
