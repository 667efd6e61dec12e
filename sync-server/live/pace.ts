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
import type { Feed } from "#domain/sync/document.ts";

export type Cursors = Readonly<Partial<Record<Feed, number>>>;

interface InFlight {
  readonly to: Cursors;
  readonly at: Instant;
  readonly bytes: number;
}

/** What the server keeps of one connection. */
export interface Pace {
  /** The chain id that the device accepts pages under. */
  readonly ch: string;
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
export const maxInFlightQuick = 16;
export const maxBytesInFlight = 128 * 1024;
/** A device acknowledges after two seconds at the latest; what took longer was the link. */
export const quickWithinMs = 3_000;
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
  readonly bytes: number;
}

export function opened(ch: string, at: Cursors): Pace {
  const empty = {
    inFlight: [],
    isQuick: false,
    dirty: false,
    own: false,
    hidden: false,
    cut: false,
    nextAt: 0,
  };
  return { ch, sent: at, acked: at, ...empty };
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

export function afterSent(pace: Pace, page: SentPage, now: Instant): Pace {
  const { to, complete, empty, bytes } = page;
  if (empty) return { ...pace, dirty: false, own: false };
  return {
    ...pace,
    sent: { ...pace.sent, ...to },
    inFlight: [...pace.inFlight, { to, at: now, bytes }],
    dirty: !complete,
    own: pace.own && !complete,
    cut: complete,
    nextAt: complete ? nextAfter(pace, now) : now,
  };
}

/**
 * Everybody's pages go out at the same beat, so that those who stand alike still do after the
 * next page, and one read serves them all.
 */
function nextAfter({ hidden, nextAt }: Pace, now: Instant): Instant {
  const everyMs = hidden ? hiddenEveryMs : visibleEveryMs;
  const isOnBeat = nextAt % visibleEveryMs === 0 && now >= nextAt && now - nextAt < lateMs;
  if (isOnBeat) return nextAt + everyMs;
  return Math.ceil((now + everyMs) / visibleEveryMs) * visibleEveryMs;
}

/**
 * The device committed. The same chain: these pages arrived. Another chain: it stands where it
 * says, whatever was under way was dropped, and goes out again from there.
 */
export function afterAck(
  pace: Pace,
  ack: { readonly ch: string; readonly at: Cursors },
  now: Instant,
): Pace {
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
      cut: false,
    };
  }
  const inFlight = pace.inFlight.filter((each) => !covers(acked, each.to));
  const [oldest] = pace.inFlight;
  const hasArrived = oldest !== undefined && inFlight[0] !== oldest;
  const isQuick = hasArrived ? now - oldest.at <= quickWithinMs : pace.isQuick;
  return { ...pace, acked, inFlight, isQuick };
}

/** Gives up on pages that nobody acknowledged; otherwise the same pace. */
export function afterWaiting(pace: Pace, now: Instant): Pace {
  const [oldest] = pace.inFlight;
  if (oldest === undefined || now - oldest.at < ackWithinMs) return pace;
  return { ...pace, sent: pace.acked, inFlight: [], dirty: true, own: true, cut: false };
}

export function paced(pace: Pace, hidden: boolean): Pace {
  return { ...pace, hidden, nextAt: hidden ? pace.nextAt : 0 };
}

function covers(reached: Cursors, wanted: Cursors): boolean {
  return Object.entries(wanted).every(([feed, to]) =>
    Object.entries(reached).some(([each, at]) => each === feed && at >= to),
  );
}
