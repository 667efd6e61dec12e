/**
 * When one connection gets its next page, without clocks, sockets or stores.
 *
 *   quiet --woken--> dirty --page sent, last of its cut--> quiet until woken, at most 4 times a second
 *                     ^-----page sent, more follow------'  (at once)
 *
 * and at most two pages, or 64 KB, are under way without the device's acknowledgement.
 *
 * Nothing queues for a slow device: while it cannot take more it stays dirty, and its next page
 * covers a longer range with the same number of rows.
 */
import type { Instant } from "#domain/core/time.ts";
import type { Feed } from "#domain/sync/document.ts";

export type Cursors = Readonly<Partial<Record<Feed, number>>>;

interface InFlight {
  readonly to: Cursors;
  readonly at: Instant;
}

/** What the server keeps of one connection. */
export interface Pace {
  /** The chain id that the device accepts pages under. */
  readonly ch: string;
  readonly sent: Cursors;
  readonly acked: Cursors;
  readonly inFlight: readonly InFlight[];
  readonly dirty: boolean;
  /** Whether the person's own feed may have moved too: their page is then theirs alone. */
  readonly own: boolean;
  readonly hidden: boolean;
  /** Not before this. */
  readonly nextAt: Instant;
}

export const visibleEveryMs = 250;
export const hiddenEveryMs = 1_000;
export const maxInFlight = 2;
/** More than this in the socket's buffer: the device does not keep up. */
export const maxBufferedBytes = 64 * 1024;
/** A page that was not acknowledged in this time was dropped: it is sent again. */
export const ackWithinMs = 10_000;

/** A page as it went out. */
export interface SentPage {
  readonly to: Cursors;
  /** The last page of a cut: the device reveals what it was sent. */
  readonly complete: boolean;
  /** Nothing moved. */
  readonly empty: boolean;
}

export function opened(ch: string, at: Cursors): Pace {
  const empty = { inFlight: [], dirty: false, own: false, hidden: false, nextAt: 0 };
  return { ch, sent: at, acked: at, ...empty };
}

/** `own`: it was the person's own feed that moved. */
export function woken(pace: Pace, own = false): Pace {
  return pace.dirty && (pace.own || !own) ? pace : { ...pace, dirty: true, own: pace.own || own };
}

export function isReady(pace: Pace, now: Instant, bufferedBytes: number): boolean {
  return (
    pace.dirty &&
    now >= pace.nextAt &&
    bufferedBytes < maxBufferedBytes &&
    pace.inFlight.length < maxInFlight
  );
}

export function afterSent(pace: Pace, page: SentPage, now: Instant): Pace {
  const { to, complete, empty } = page;
  if (empty) return { ...pace, dirty: false, own: false };
  return {
    ...pace,
    sent: { ...pace.sent, ...to },
    inFlight: [...pace.inFlight, { to, at: now }],
    dirty: !complete,
    own: pace.own && !complete,
    nextAt: complete ? now + (pace.hidden ? hiddenEveryMs : visibleEveryMs) : now,
  };
}

/**
 * The device committed. The same chain: these pages arrived. Another chain: it stands where it
 * says, whatever was under way was dropped, and goes out again from there.
 */
export function afterAck(pace: Pace, ack: { readonly ch: string; readonly at: Cursors }): Pace {
  const acked = { ...pace.acked, ...ack.at };
  if (ack.ch !== pace.ch) {
    const isBehind = !covers(acked, pace.sent);
    return {
      ...pace,
      ch: ack.ch,
      sent: acked,
      acked,
      inFlight: [],
      dirty: pace.dirty || isBehind,
      own: pace.own || isBehind,
    };
  }
  return { ...pace, acked, inFlight: pace.inFlight.filter((each) => !covers(acked, each.to)) };
}

/** Gives up on pages that nobody acknowledged; otherwise the same pace. */
export function afterWaiting(pace: Pace, now: Instant): Pace {
  const [oldest] = pace.inFlight;
  if (oldest === undefined || now - oldest.at < ackWithinMs) return pace;
  return { ...pace, sent: pace.acked, inFlight: [], dirty: true, own: true };
}

export function paced(pace: Pace, hidden: boolean): Pace {
  return { ...pace, hidden, nextAt: hidden ? pace.nextAt : 0 };
}

function covers(reached: Cursors, wanted: Cursors): boolean {
  return Object.entries(wanted).every(([feed, to]) =>
    Object.entries(reached).some(([each, at]) => each === feed && at >= to),
  );
}
