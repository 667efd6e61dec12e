/**
 * The server's time, by a comparison of before where no answer came yet; and what was dated by that
 * one, looked at when the first answer comes.
 */
import type { Instant } from "#domain/core/time.ts";
import { doubtRecalled } from "../db/claims.ts";
import type { ClientDb } from "../db/client-db.ts";
import {
  createServerClock,
  isContradicted,
  isFarFrom,
  type DeviceClock,
  type KeptComparison,
  momentOf,
  type Moment,
  type ServerClock,
} from "./clock.ts";

export interface CheckedClockDeps {
  readonly db: ClientDb;
  readonly clock: DeviceClock;
  /** How the clocks were compared before this start, or by another tab; null: nobody knows. */
  readonly kept?: () => Promise<KeptComparison | null>;
}

export class CheckedClock {
  readonly serverClock: ServerClock;
  readonly #deps: CheckedClockDeps;
  /** What was known at this start. */
  readonly #atStart: Promise<KeptComparison | null>;
  #isChecked = false;

  constructor(deps: CheckedClockDeps) {
    this.#deps = deps;
    this.serverClock = createServerClock(deps.clock);
    this.#atStart = this.#recall();
  }

  /** When something is done, and whether that is by a comparison that this page did not make. */
  async claim() {
    await this.#atStart;
    const { serverClock } = this;
    const isRecalled = serverClock.isRecalled();
    // Another tab may have compared since; a page that is being left cannot wait to hear of it.
    void this.#recall();
    return { at: serverClock.claim(), now: serverClock.now(), isRecalled };
  }

  /** An answer that just came carried the server's time. */
  async sample(sent: Moment, time: Instant): Promise<void> {
    const { db, clock } = this.#deps;
    const received = momentOf(clock);
    const kept = await this.#atStart;
    const { serverClock } = this;
    const believed = serverClock.isRecalled() ? serverClock.now() : null;
    serverClock.sample(sent, received, time);
    if (serverClock.isRecalled()) return;
    const offset = serverClock.offset() ?? 0;
    const wasWrongAtStart = !this.#isChecked && kept !== null && isContradicted(kept, offset);
    const wasWrong = believed !== null && isFarFrom(believed, serverClock.now());
    if (wasWrongAtStart || wasWrong) await doubtRecalled(db);
    this.#isChecked = true;
  }

  async #recall(): Promise<KeptComparison | null> {
    // Without it the clock is as good as unknown, which is what is said then.
    const kept = (await this.#deps.kept?.().catch(() => null)) ?? null;
    if (kept !== null) this.serverClock.recall(kept);
    return kept;
  }
}
