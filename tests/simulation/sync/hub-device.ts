// A device on the live stream of a simulated hub: a socket that takes what it is sent quickly,
// slowly or not at all, and acknowledgements as S26 wants them.
import type { Wire } from "#server/live/session.ts";
import { maxBufferedBytes, maxInFlight, maxInFlightQuick, ackWithinMs } from "#server/live/pace.ts";
import { createUnderstanding } from "#protocol/heard.ts";
import type { LiveUp, PullRequest } from "#protocol/up.ts";
import type { Random } from "../random.ts";
import { Violation } from "./violation.ts";

/** `stalled`: its socket takes nothing, and it says nothing. */
export type Temper = "quick" | "slow" | "stalled";

export interface LiveDeviceOptions {
  readonly random: Random;
  readonly temper: Temper;
  readonly everyMs: { readonly visible: number; readonly hidden: number; readonly lateMs: number };
  /** A device that takes its pages hears of a change within this. */
  readonly patienceMs: number;
}

const wayMs = { quick: 30, slow: 1_500, stalled: Number.POSITIVE_INFINITY } as const;
/** A page is a few KB; what was taken for room may be filled by one more. */
const onePage = 16 * 1024;

export class LiveDevice {
  readonly #options: LiveDeviceOptions;
  #say: (message: LiveUp) => void = () => undefined;
  #ch = "";
  readonly #understand = createUnderstanding();
  #isHidden = false;
  /** Where it stands, and what the server has. */
  #at = 0;
  #head = 0;
  /** Since when it is owed a page; null: it has heard all. */
  #owedSince: number | null = null;
  /** When the last pages came that ended a cut, since it was last hidden or shown. */
  #ends: number[] = [];
  /** Pages that it did not acknowledge, by when they were sent. */
  #unread: number[] = [];
  #buffered = 0;
  /** When the last page that is on its way arrives: none overtakes another. */
  #arrivesAt = 0;
  /** What was broken while the server was sending. */
  #violation: Violation | null = null;
  frames = 0;

  constructor(options: LiveDeviceOptions) {
    this.#options = options;
  }

  /** Pages are under way to it. */
  get isBehind(): boolean {
    return this.#unread.length > 0;
  }

  readonly wire: Wire = {
    bufferedAmount: 0,
    send: (text) => this.#take(text),
    pass: ({ said, isBytes }) => this.#take(isBytes ? said : String(said)),
    close: (code, reason) => {
      throw new Error(`the server closed with ${code}: ${reason}`);
    },
  };

  join(say: (message: LiveUp) => void, where: PullRequest): void {
    this.#say = say;
    this.#ch = where.ch;
    say({ t: "hello", ...where });
  }

  /** The server has more. */
  isOwed(head: number): void {
    this.#head = head;
    this.#owedSince ??= Date.now();
  }

  /** Out of sight, or back. */
  turn(): void {
    this.#isHidden = !this.#isHidden;
    this.#ends = [];
    this.#owedSince = this.#at < this.#head ? Date.now() : null;
    this.#say({ t: "pace", hidden: this.#isHidden });
  }

  /** Throws the first violation. */
  check(): void {
    if (this.#violation !== null) throw this.#violation;
    const { temper, patienceMs, everyMs } = this.#options;
    if (this.#buffered > maxBufferedBytes + onePage) {
      throw broken(`${this.#buffered} bytes lie unsent for a ${temper} device`);
    }
    // Whose socket takes everything waits for nobody else's.
    const mayWaitMs =
      patienceMs + (this.#isHidden ? everyMs.hidden : everyMs.visible) + wayMs.quick;
    const waitsMs = this.#owedSince === null ? 0 : Date.now() - this.#owedSince;
    if (temper === "quick" && waitsMs > mayWaitMs) {
      throw broken(`a quick device waits for ${waitsMs} ms`);
    }
  }

  checkSettled(head: number): void {
    if (this.#options.temper === "stalled" || this.#at === head) return;
    throw broken(`a ${this.#options.temper} device stands at ${this.#at} of ${head}`);
  }

  #take(said: string | Buffer): void {
    const message = this.#understand(said);
    if (message?.t !== "page") return;
    this.frames += 1;
    const part = message.feeds.roll;
    if (part === undefined) return;
    this.#checkPace(part.more);
    this.#checkUnread();
    if (this.#options.temper === "stalled") {
      this.#buffered += said.length;
      Object.assign(this.wire, { bufferedAmount: this.#buffered });
      return;
    }
    const { random, temper } = this.#options;
    this.#arrivesAt = Math.max(this.#arrivesAt, Date.now() + 1 + random.below(wayMs[temper]));
    setTimeout(() => this.#arrive(part), this.#arrivesAt - Date.now());
  }

  /** Of five pages that end a cut, the last comes a second after the first; hidden, of two. */
  #checkPace(more: boolean): void {
    if (more) return;
    const { everyMs } = this.#options;
    const [pages, atLeastMs] = this.#isHidden
      ? [1, everyMs.hidden - everyMs.lateMs]
      : [4, 4 * everyMs.visible - everyMs.lateMs];
    const now = Date.now();
    const before = this.#ends.at(-pages);
    this.#ends = [...this.#ends.slice(-8), now];
    // The first page answers the hello, whatever the pace.
    if (before === undefined || this.frames <= pages + 1 || now - before >= atLeastMs) return;
    this.#violation ??= broken(`${pages + 1} pages came within ${now - before} ms`);
  }

  #checkUnread(): void {
    const now = Date.now();
    // What nobody acknowledged is given up, and goes out again.
    this.#unread = [...this.#unread.filter((at) => now - at < ackWithinMs), now];
    const most = this.#options.temper === "stalled" ? maxInFlight : maxInFlightQuick;
    // And the answer to the hello, which has to be acknowledged like any other.
    if (this.#unread.length <= most + 1) return;
    const { temper } = this.#options;
    this.#violation ??= broken(`${this.#unread.length} pages are under way to a ${temper} device`);
  }

  #arrive({ from, to }: { readonly from: number; readonly to: number }): void {
    if (from !== this.#at) return;
    this.#at = to;
    this.#unread = [];
    this.#owedSince = this.#at < this.#head ? Date.now() : null;
    this.#say({ t: "ack", ch: this.#ch, feeds: { roll: to } });
  }
}

function broken(what: string): Violation {
  return new Violation("I14", what);
}
