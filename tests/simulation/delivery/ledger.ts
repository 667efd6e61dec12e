/**
 * What the engine was told and what it did, noted at its borders: the transactions it ran and
 * the calls it made. Broken promises about their order are found here.
 *
 * I4   a call has a durable intent of its own first, and a call whose fate is unknown is never
 *      forgotten
 * I5   no intent for who has opted out or answered STOP, and none of a campaign that does not run; no call after
 *      the engine has looked at a pause
 * I6   no two messages are given the same code, and none another than before
 * I10  calls in any second stay within the limit and its burst
 * fall a send by another channel, or under a new key, begins only after the one before failed for
 *      certain, where a campaign falls back
 * words  a key never carries two texts, however often its campaign is edited; at the end a row
 *      tells the text that its last call by its own way carried (checks.ts)
 * once where no key is honoured, doubt is repeated only if the account says so, only after the
 *      resolve window, and never once proof was taken
 *
 * What is promised about the moment of a message is in rulebook.ts, about turns in shares.ts.
 */
import { resolveWindowOf } from "#domain/campaign/account.ts";
import { kindOf, stateCodes, stateOf } from "#domain/message/state.ts";
import { secondMs } from "#domain/core/time.ts";
import type { Outgoing, Receipt } from "#server/providers/provider.ts";
import type { Proof, Settlement } from "#server/store/delivery-store.ts";
import type { Intended, Way } from "#server/store/distribution.ts";
import { eachOf } from "#server/store/settlement-runs.ts";
import type { Connection } from "#server/store/sqlite/database.ts";
import { testKeys } from "../../support/delivery/drive.ts";
import { readAccount } from "../../support/delivery/world.ts";
import { createShares, type Shares, type SharesDeps } from "./shares.ts";
import { createRulebook, type Rulebook, type RulebookDeps } from "./rulebook.ts";
import { Violation } from "./violation.ts";

interface Fate {
  readonly gen: number;
  /** `claimed`: a call may follow. `called`: nobody knows yet. `doubt`: it is known that nobody knows. */
  readonly is: "claimed" | "called" | "doubt";
  /** When the last call went out whose fate nobody knows; null: there was none. */
  readonly doubtAt: number | null;
  /** The call that followed the last intent; null: none did yet. */
  readonly call: { readonly key: string; readonly at: number } | null;
}

export interface Ledger {
  readonly calls: number;
  /** The first broken promise; calls cannot throw it where it is found. */
  readonly violation: Violation | null;
  /** Proof that was durably taken, by message. */
  readonly heard: ReadonlyMap<string, readonly Proof[]>;
  /** The text that the last call of each message by the campaign's own way carried. */
  readonly carried: ReadonlyMap<string, number>;
  /** To be taken in the very turn in which an intent runs. */
  look(distribution: number, way?: Way): Look;
  intended(of: Claimed, messages: readonly Intended[], look: Look): void;
  settled(distribution: number, settlements: readonly Settlement[]): void;
  proved(distribution: number, proofs: readonly Proof[]): void;
  /** Receipts of real messages that the server said it has, to be merged later. */
  kept(receipts: readonly Receipt[]): void;
  /** One of them that was never merged, in words; null: all were. */
  unmerged(): string | null;
  /** Who answered STOP, and was told that it was taken. */
  stopped(address: string): void;
  /** Something happened for somebody, which was told to the server. */
  happened(address: string, at: number): void;
  called(message: Outgoing): void;
  /** Distributions that stand still now. */
  still(): ReadonlySet<number>;
  /** The engine has looked once at everything since these stood still. */
  looked(still: ReadonlySet<number>): void;
  /** The account allows something else from now on. */
  limitsChanged(): void;
  died(): void;
}

/** Of which distribution, and when by the server's clock. */
export interface Claimed {
  readonly distribution: number;
  readonly now: number;
}

/** What an intent had to honour. */
export interface Look {
  /** The newest text: what is sent for the first time in a deliberate send says that. */
  readonly edition: number;
  readonly phase: string;
  /** The account's breaker holds it: one message at a time may be tried. */
  readonly isHeld: boolean;
  /** Messages to people who do not want them. */
  readonly unwanted: ReadonlySet<number>;
}

export interface LedgerDeps extends RulebookDeps, Pick<SharesDeps, "width"> {
  readonly db: Connection;
  readonly elapsed: { readonly now: number };
  /** The server's clock. */
  readonly clock: { readonly now: number };
  /** Whether the carrier's last answer about a key left open what became of it. */
  readonly leftOpen: (key: string) => boolean;
  /** Power cuts and jumps of the clock so far: each allows one more burst. */
  readonly starts: () => number;
}

export function nameOf(distribution: number, n: number): string {
  return `${distribution}/${n}`;
}

const withoutConsent = `select m.n from message m left join consent s
    on s.contact = m.contact and s.channel = ?
  where m.distribution = ? and coalesce(s.granted, 0) = 0`;

const phaseNow = `select c.phase, json_extract(c.doc, '$.pauseReason') as why from distribution d join document c
    on c.workspace = d.workspace and c.kind = 'campaign' and c.id = d.campaign
  where d.seq = ?`;

export function createLedger(deps: LedgerDeps): Ledger {
  return new Book(deps);
}

class Book implements Ledger {
  calls = 0;
  violation: Violation | null = null;
  readonly heard = new Map<string, Proof[]>();
  readonly carried = new Map<string, number>();
  readonly #deps: LedgerDeps;
  readonly #fates = new Map<string, Fate>();
  /** Distributions that the engine saw standing still. */
  readonly #seenStill = new Set<number>();
  readonly #stopped = new Set<string>();
  readonly #kept: {
    readonly name: string;
    readonly gen: number;
    readonly state: Receipt["state"];
  }[] = [];
  /** Messages that a held campaign gave to see whether its account works again. */
  readonly #trials = new Set<string>();
  /** Deliberate sends of which something may have been said: a repeat says the same. */
  readonly #said = new Set<string>();
  /** The text that each deliberate send was last claimed with. */
  readonly #claimed = new Map<string, number>();
  /** What was said under each key. */
  readonly #words = new Map<string, string>();
  readonly #rules: Rulebook;
  readonly #shares: Shares;
  /** Which message was given a code, and which code a message. */
  readonly #codes = new Map<string, string>();
  /** The shortest that proof was to be waited for in this run. */
  #windowMs = Infinity;
  #recent: { readonly at: number; readonly starts: number }[] = [];

  constructor(deps: LedgerDeps) {
    this.#deps = deps;
    this.#rules = createRulebook(deps);
    this.#shares = createShares(deps);
  }

  look(distribution: number, way: Way = "own"): Look {
    const channel = way === "own" ? "email" : "sms";
    const rows = this.#deps.db.all(withoutConsent, channel, distribution);
    const unwanted = new Set(rows.map(({ n }) => Number(n)));
    const { phase, why } = this.#phaseOf(distribution);
    const row = this.#deps.db.get("select edition from distribution where seq = ?", distribution);
    const edition = Number(row?.["edition"]);
    return { phase, isHeld: phase === "paused" && why !== "user", unwanted, edition };
  }

  intended(
    { distribution, now }: Claimed,
    messages: readonly Intended[],
    { phase, isHeld, unwanted, edition }: Look,
  ): void {
    if (messages.length === 0) return;
    const isTrial = isHeld && messages.length === 1;
    if (phase !== "active" && !isTrial)
      this.#break("I5", `an intent was taken while it was ${phase}`);
    if (!isTrial) this.#seenStill.delete(distribution);
    for (const message of messages) {
      const name = nameOf(distribution, message.n);
      if (isTrial) this.#trials.add(name);
      if (unwanted.has(message.n) || this.#stopped.has(message.address)) {
        this.#break("I5", `${name} was taken against its recipient's will`);
      }
      const { address, gen, isInDoubt } = message;
      this.#checkText(`${name}/${gen}`, message, edition);
      const isFirst = gen === 1 && message.try === 1 && !isInDoubt;
      this.#tell(this.#rules.claimed({ name, address, isFirst }, now));
      this.#checkCode(name, message);
      this.#claim(name, message, now);
    }
  }

  #checkCode(name: string, { code }: Intended): void {
    if (code === undefined) {
      if (this.#deps.plan.codes !== null) this.#break("I6", `${name} was taken without a code`);
      return;
    }
    const owner = this.#codes.get(`code ${code}`) ?? name;
    const known = this.#codes.get(`message ${name}`) ?? code;
    if (owner !== name) this.#break("I6", `${name} was given ${code}, which ${owner} has`);
    if (known !== code) this.#break("I6", `${name} was given ${code}, and ${known} before`);
    this.#codes.set(`code ${code}`, name).set(`message ${name}`, code);
  }

  /** The first intent of a deliberate send takes the newest text. */
  #checkText(send: string, message: Intended, newest: number): void {
    if (!this.#said.has(send) && message.edition !== newest) {
      this.#break("words", `${send} says what the campaign said before it was edited`);
    }
    this.#said.add(send);
    this.#claimed.set(send, message.edition);
  }

  #claim(name: string, { gen, isInDoubt }: Intended, now: number): void {
    const known = this.#fates.get(name);
    const isSame = known?.gen === gen;
    if (known !== undefined && known.gen < gen) this.#checkFall(name, known, gen);
    const isOpen = isSame && (known.is === "called" || known.is === "doubt");
    if (isOpen && !isInDoubt) this.#break("I4", `the call of ${name} was forgotten`);
    const doubtAt = isSame ? this.#doubtOf(known) : null;
    if (doubtAt !== null && isInDoubt) this.#checkRepeat(name, { gen, doubtAt, now });
    this.#fates.set(name, { gen, is: "claimed", doubtAt, call: null });
  }

  /** A new deliberate send begins: nobody may still be in doubt about the one before. */
  #checkFall(name: string, known: Fate, gen: number): void {
    if (!this.#deps.plan.fallsBack || known.is === "claimed") return;
    const isRefuted = this.heard
      .get(name)
      ?.some((proof) => proof.gen === known.gen && kindOf[proof.state] === "negative");
    if (isRefuted === true) return;
    this.#break("fall", `send ${gen} of ${name} was begun while send ${known.gen} was in doubt`);
  }

  #doubtOf({ call, doubtAt }: Fate): number | null {
    return call !== null && this.#deps.leftOpen(call.key) ? call.at : doubtAt;
  }

  /** A call in doubt is about to be repeated. */
  #checkRepeat(
    name: string,
    { gen, doubtAt, now }: { readonly gen: number; readonly doubtAt: number; readonly now: number },
  ): void {
    const { isKeyed, jumps, onUnknown } = this.#deps.plan;
    if (isKeyed) return;
    if (onUnknown === "hold") this.#break("once", `${name} was sent again in spite of its doubt`);
    this.#noteWindow();
    if (!jumps && now < doubtAt + this.#windowMs) {
      this.#break("once", `${name} was sent again before the resolve window was over`);
    }
    const told = [...(this.heard.get(name) ?? []), ...this.#keptOf(name)];
    const isProved = told.some(
      (proof) => proof.gen === gen && stateCodes[proof.state] >= stateCodes.submitted,
    );
    if (isProved) this.#break("once", `${name} was sent again although it was proved`);
  }

  settled(distribution: number, settlements: readonly Settlement[]): void {
    for (const { n, gen, state } of eachOf(settlements)) {
      const name = nameOf(distribution, n);
      const known = this.#fates.get(name);
      if (known?.gen !== gen) continue;
      if (state === "ambiguous") {
        this.#fates.set(name, { gen, is: "doubt", doubtAt: this.#doubtOf(known), call: null });
      } else this.#fates.delete(name);
    }
  }

  /** Receipts teach it. */
  #noteWindow(): void {
    this.#windowMs = Math.min(this.#windowMs, resolveWindowOf(readAccount(this.#deps.db)));
  }

  proved(distribution: number, proofs: readonly Proof[]): void {
    this.#noteWindow();
    for (const proof of proofs) {
      const name = nameOf(distribution, proof.n);
      this.heard.set(name, [...(this.heard.get(name) ?? []), proof]);
    }
  }

  kept(receipts: readonly Receipt[]): void {
    for (const { key, state } of receipts) {
      const place = testKeys.read(key);
      if (place === null) continue;
      this.#kept.push({ name: nameOf(place.distribution, place.n), gen: place.gen, state });
    }
  }

  #keptOf(name: string): readonly { readonly gen: number; readonly state: Receipt["state"] }[] {
    return this.#kept.filter((each) => each.name === name);
  }

  unmerged(): string | null {
    const lost = this.#kept.find(
      ({ name, gen, state }) =>
        this.heard.get(name)?.some((proof) => proof.gen === gen && proof.state === state) !== true,
    );
    return lost === undefined ? null : `${lost.state} of ${lost.name} was kept and never merged`;
  }

  stopped(address: string): void {
    this.#stopped.add(address);
  }

  happened(address: string, at: number): void {
    this.#rules.happened(address, at);
  }

  called({ channel, content, key, to }: Outgoing): void {
    this.calls += 1;
    this.#checkWords({ content, key, to });
    const place = testKeys.read(key);
    if (place === null) {
      this.#break("I4", `${to} was called with a key that is not ours`);
      return;
    }
    const name = nameOf(place.distribution, place.n);
    const text = this.#claimed.get(`${name}/${place.gen}`);
    // What goes by the other channel says the text of that one, which is never edited.
    if (text !== undefined && channel === "email") this.carried.set(name, text);
    const fate = this.#fates.get(name);
    if (fate?.is !== "claimed" || fate.gen !== place.gen) {
      this.#break("I4", `${name} was called without an intent of its own`);
    }
    if (!this.#isInFlight(place)) {
      this.#break("I4", `${name} was called while its row said that it was not in flight`);
    }
    if (this.#seenStill.has(place.distribution) && !this.#trials.delete(name)) {
      this.#break("I5", `${name} was called after the engine had seen that it must not be`);
    }
    this.#tell(this.#rules.called({ content, to }, this.#deps.clock.now));
    const call = { key, at: this.#deps.clock.now };
    this.#fates.set(name, { gen: place.gen, is: "called", doubtAt: fate?.doubtAt ?? null, call });
    this.#countCall();
    this.#tell(this.#shares.called(place.distribution));
  }

  #checkWords({ content, key, to }: Pick<Outgoing, "content" | "key" | "to">): void {
    const words = JSON.stringify(content);
    if ((this.#words.get(key) ?? words) !== words) {
      this.#break("words", `${to} was told something else under the same key`);
    }
    this.#words.set(key, words);
  }

  still(): ReadonlySet<number> {
    const all = this.#deps.db.all("select seq from distribution").map(({ seq }) => Number(seq));
    return new Set(all.filter((seq) => this.#phaseOf(seq).phase !== "active"));
  }

  looked(still: ReadonlySet<number>): void {
    for (const seq of still) this.#seenStill.add(seq);
    this.#shares.looked(this.#deps.clock.now);
  }

  limitsChanged(): void {
    this.#shares.begin();
  }

  died(): void {
    this.#shares.begin();
    for (const [name, { is }] of this.#fates) {
      // An intent that no call followed: whether one did nobody can know any more.
      if (is === "claimed") this.#fates.delete(name);
    }
  }

  #countCall(): void {
    const { elapsed, plan, starts } = this.#deps;
    const { limits } = plan;
    if (limits.perSecond === null) return;
    const { now } = elapsed;
    this.#recent = this.#recent.filter(({ at }) => at > now - secondMs);
    this.#recent.push({ at: now, starts: starts() });
    const first = this.#recent[0]?.starts ?? 0;
    const burst = Math.max(1, limits.perSecond / 4);
    const allowed = limits.perSecond + burst * (1 + starts() - first) + 1;
    if (this.#recent.length > allowed) {
      this.#break("I10", `${this.#recent.length} calls in a second, ${limits.perSecond} allowed`);
    }
  }

  #phaseOf(distribution: number): { readonly phase: string; readonly why: string } {
    const row = this.#deps.db.get(phaseNow, distribution);
    return { phase: String(row?.["phase"]), why: String(row?.["why"]) };
  }

  /** Proof may have overtaken the call that it is about, and even have led to the next send. */
  #isInFlight({ distribution, n, gen }: NonNullable<ReturnType<typeof testKeys.read>>): boolean {
    const row = this.#deps.db.get(
      "select state_now as state, gen from standing where distribution = ? and n = ?",
      distribution,
      n,
    );
    if (row === undefined) return false;
    const state = stateOf(Number(row["state"]));
    return Number(row["gen"]) > gen || (state !== "queued" && state !== "ambiguous");
  }

  /** A promise in words, as `quiet: …`; null when none was broken. */
  #tell(broken: string | null): void {
    if (broken === null) return;
    const [rule = "", ...words] = broken.split(": ");
    this.#break(rule, words.join(": "));
  }

  #break(rule: string, message: string): void {
    this.violation ??= new Violation(rule, message);
  }
}
