// What the simulation itself writes down of a server: asked by the checks, never by the product.
import type { Id } from "#domain/core/id.ts";
import type { Verdict } from "#protocol/down.ts";
import type { CommitCommand, Origin } from "#server/store/sync-store.ts";
import { Violation } from "./violation.ts";

/** The part that a restore brings back to what it was. */
export interface Kept {
  readonly verdicts: ReadonlyMap<Id, Verdict>;
  readonly effects: ReadonlyMap<Id, number>;
  readonly mids: ReadonlyMap<Id, number>;
  readonly revoked: ReadonlySet<Id>;
}

export class Books {
  /** What the server answered, by uid. */
  readonly verdicts = new Map<Id, Verdict>();
  /** Also what it answered before it was restored, and may have forgotten. */
  readonly everAnswered = new Map<Id, Verdict>();
  /** Commands that a restore made it forget, and that came again. */
  readonly answeredAgain = new Set<Id>();
  /** Devices that must hear nothing more, and of which nothing is taken (I9). */
  readonly revoked = new Set<Id>();
  readonly #effects = new Map<Id, number>();
  /** The number of the last command of each client. */
  readonly #mids = new Map<Id, number>();

  kept(): Kept {
    const { verdicts, revoked } = this;
    return {
      verdicts: new Map(verdicts),
      effects: new Map(this.#effects),
      mids: new Map(this.#mids),
      revoked: new Set(revoked),
    };
  }

  restore(kept: Kept): void {
    refill(this.verdicts, kept.verdicts);
    refill(this.#effects, kept.effects);
    refill(this.#mids, kept.mids);
    for (const id of this.revoked) if (!kept.revoked.has(id)) this.revoked.delete(id);
  }

  /** A command took effect. */
  took({ origin: { uid }, writes }: CommitCommand): void {
    if (writes.length === 0) return;
    const times = (this.#effects.get(uid) ?? 0) + 1;
    this.#effects.set(uid, times);
    if (times > 1) throw new Violation("I2", `the command ${uid} took effect ${times} times`);
  }

  /** What was decided under another number is the client's next one all the same. */
  asked({ client, mid }: Origin): void {
    if (mid === (this.#mids.get(client) ?? 0) + 1) this.#mids.set(client, mid);
  }

  /** A verdict was stored: of the client's next command (S3), and not of a revoked device's. */
  answered({ client, mid, uid }: Origin, verdict: Verdict): void {
    const last = this.#mids.get(client) ?? 0;
    if (mid !== last + 1) throw new Violation("S3", `${client} said ${mid} after ${last}`);
    this.#mids.set(client, mid);
    if (this.revoked.has(client)) {
      throw new Violation("I9", `${client} was revoked, and its command ${uid} was taken`);
    }
    this.verdicts.set(uid, verdict);
    if (this.everAnswered.has(uid)) this.answeredAgain.add(uid);
    this.everAnswered.set(uid, verdict);
  }
}

function refill<K, V>(map: Map<K, V>, entries: ReadonlyMap<K, V>): void {
  map.clear();
  for (const [key, value] of entries) map.set(key, value);
}
