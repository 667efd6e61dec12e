/**
 * When one connection gets its next page, without clocks, sockets or stores.
 *
 *   quiet --woken--> dirty --page sent, last of its cut--> quiet until woken, at most 4 times a second
 *                     ^-----page sent, more follow------'  (at once)
 *
 * and few pages are under way without the device's acknowledgement: two to a device that is not
 * known to be quick, more to one that is, which then need not acknowledge each ([S26]).
 *
 * Nothing queues for a slow device: while it cannot take more it stays dirty, and its next page
 * covers a longer range with the same number of rows.
 */
import type { Instant } from "#domain/core/time.ts";
import { feeds, type Feed } from "#domain/sync/document.ts";

export type Cursors = Readonly<Partial<Record<Feed, number>>>;

interface InFlight {
  readonly to: Cursors;
  readonly at: Instant;
  readonly bytes: number;
}

/** What the server keeps of one connection; nothing in it differs between two that stand alike. */
export interface Pace {
  readonly sent: Cursors;
  readonly acked: Cursors;
  readonly inFlight: readonly InFlight[];
  /** What it acknowledged last had not been under way for long. */
  readonly isQuick: boolean;
  readonly dirty: boolean;
  /** Whether the person's own feed may have moved too: their page is then theirs alone. */
  readonly own: boolean;
  readonly hidden: boolean;
  /**
   * What was sent ends a cut, so who takes it has revealed all of it: the next page may leave out
   * what did not change since. Not where the device only says where it stands: that may be in the
   * middle of a cut.
   */
  readonly cut: boolean;
  /** Not before this. */
  readonly nextAt: Instant;
}

export const visibleEveryMs = 250;
export const hiddenEveryMs = 1_000;
/** A page this much after its beat does not make the next one late. */
const lateMs = 50;
export const maxInFlight = 2;
/**
 * Of a quick device: so many pages, and beyond the first two so many bytes. A link that turns slow
 * meanwhile (50 kbit/s) has then 20 s of old pages before it, at worst.
 */
export const maxInFlightQuick = 48;
export const maxBytesInFlight = 128 * 1024;
/** A device acknowledges what came last within two seconds; what took longer was the link. */
export const quickWithinMs = 3_000;
/** More than this in the socket's buffer: the device does not keep up. */
export const maxBufferedBytes = 64 * 1024;
/** A page that was not acknowledged in this time was dropped: it is sent again. */
export const ackWithinMs = 20_000;

/** A page as it went out. */
export interface SentPage {
  readonly to: Cursors;
  /** The last page of a cut: the device reveals what it was sent. */
  readonly complete: boolean;
  /** Nothing moved. */
  readonly empty: boolean;
  readonly bytes: number;
}

export function opened(at: Cursors): Pace {
  const empty = {
    inFlight: [],
    isQuick: false,
    dirty: false,
    own: false,
    hidden: false,
    cut: false,
    nextAt: 0,
  };
  return { sent: at, acked: at, ...empty };
}

/** `own`: it was the person's own feed that moved. */
export function woken(pace: Pace, own = false): Pace {
  return pace.dirty && (pace.own || !own) ? pace : { ...pace, dirty: true, own: pace.own || own };
}

export function isReady(pace: Pace, now: Instant, bufferedBytes: number): boolean {
  return pace.dirty && now >= pace.nextAt && bufferedBytes < maxBufferedBytes && hasRoom(pace);
}

function hasRoom({ inFlight, isQuick }: Pace): boolean {
  if (inFlight.length < maxInFlight) return true;
  const bytes = inFlight.reduce((sum, each) => sum + each.bytes, 0);
  return isQuick && inFlight.length < maxInFlightQuick && bytes < maxBytesInFlight;
}

/** `nextBeat`: when the next page goes out to those in sight. */
export function afterSent(
  pace: Pace,
  page: SentPage,
  now: Instant,
  nextBeat = beatAfter(pace.nextAt, now),
): Pace {
  const { to, complete, empty, bytes } = page;
  if (empty) return { ...pace, dirty: false, own: false };
  return {
    ...pace,
    sent: { ...pace.sent, ...to },
    inFlight: [...pace.inFlight, { to, at: now, bytes }],
    dirty: !complete,
    own: pace.own && !complete,
    cut: complete,
    nextAt: complete ? nextBeat + (pace.hidden ? hiddenEveryMs - visibleEveryMs : 0) : now,
  };
}

/** When pages may go out again after they did at `now`, which was due at `beatAt`. */
export function beatAfter(beatAt: Instant, now: Instant): Instant {
  const isOnBeat = now >= beatAt && now - beatAt < lateMs;
  return (isOnBeat ? beatAt : now) + visibleEveryMs;
}

/**
 * The device committed. Under the chain that it is written to under: these pages arrived. Under a
 * new one: it stands where it says, whatever was under way was dropped, and goes out again from
 * there.
 */
export function afterAck(
  pace: Pace,
  ack: { readonly isNewChain: boolean; readonly at: Cursors },
  now: Instant,
): Pace {
  const acked = { ...pace.acked, ...ack.at };
  if (ack.isNewChain) {
    const isBehind = !covers(acked, pace.sent);
    return {
      ...pace,
      sent: acked,
      acked,
      inFlight: [],
      dirty: pace.dirty || isBehind,
      own: pace.own || isBehind,
      cut: false,
    };
  }
  const inFlight = pace.inFlight.filter((each) => !covers(acked, each.to));
  const newest = pace.inFlight.findLast((each) => covers(acked, each.to));
  const isQuick = newest === undefined ? pace.isQuick : now - newest.at <= quickWithinMs;
  return { ...pace, acked, inFlight, isQuick };
}

/** Gives up on pages that nobody acknowledged; otherwise the same pace. */
export function afterWaiting(pace: Pace, now: Instant): Pace {
  const [oldest] = pace.inFlight;
  if (oldest === undefined || now - oldest.at < ackWithinMs) return pace;
  return { ...pace, sent: pace.acked, inFlight: [], dirty: true, own: true, cut: false };
}

/** Out of sight, or in sight again: the next page is as long after the last one as it is there. */
export function paced(pace: Pace, hidden: boolean): Pace {
  if (pace.hidden === hidden) return pace;
  const laterMs = hiddenEveryMs - visibleEveryMs;
  return { ...pace, hidden, nextAt: pace.nextAt + (hidden ? laterMs : -laterMs) };
}

function covers(reached: Cursors, wanted: Cursors): boolean {
  return feeds.every((feed) => {
    const [to, at] = [wanted[feed], reached[feed]];
    return to === undefined || (at !== undefined && at >= to);
  });
}
