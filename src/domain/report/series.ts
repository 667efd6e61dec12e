/** Folds what happened by the minute into few enough points to draw. */
import { minuteMs, type Instant } from "../core/time.ts";
import type { Mark } from "../message/marks.ts";
import { kindOf, stateCodes, type MessageState } from "../message/state.ts";
import type { SeriesPoint } from "./rollup.ts";

/** Messages that entered a state within a minute. */
export interface MinuteEntry {
  /** Start of the minute. */
  readonly minute: Instant;
  readonly state: MessageState;
  readonly n: number;
}

/** Messages that got a mark within a minute. */
export interface MinuteMark {
  readonly minute: Instant;
  readonly mark: Mark;
  readonly n: number;
}

/**
 * The states that a move makes a message enter, for the chart. Whoever is accepted passes
 * `submitted`, and whoever reads passes `delivered`, even where the provider told only the end
 * of it: so the sums of these two are the messages that ever got there. States below `submitted`
 * are working states and not charted.
 */
export function passes(from: MessageState | null, to: MessageState): readonly MessageState[] {
  if (from === to || stateCodes[to] < stateCodes.submitted) return [];
  const entered: MessageState[] = [to];
  if (to === "read" && from !== "delivered") entered.unshift("delivered");
  const isHanded = to !== "submitted" && isAccepted(to) && (from === null || !isAccepted(from));
  if (isHanded) entered.unshift("submitted");
  return entered;
}

/** Whether a message in this state is or was in the provider's hands. */
function isAccepted(state: MessageState): boolean {
  if (state === "undelivered" || kindOf[state] === "positive") return true;
  return state === "submitted" || state === "sent" || state === "unconfirmed";
}

/** More points than this nobody can tell apart. */
export const maxSpans = 240;

/** Spans people know: minutes, then parts of an hour, hours, days, weeks. */
const spansInMinutes = [1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 720, 1_440, 2_880, 10_080];

export interface Series {
  readonly spanMs: number;
  /** In order of time; spans in which nothing happened are left out. */
  readonly series: readonly SeriesPoint[];
}

interface OpenPoint {
  readonly entered: Partial<Record<MessageState, number>>;
  readonly marked: Partial<Record<Mark, number>>;
}

export function foldSeries(
  entries: readonly MinuteEntry[],
  marks: readonly MinuteMark[] = [],
): Series {
  const spanMs = spanFor([...entries, ...marks]);
  const points = new Map<Instant, OpenPoint>();
  const pointOf = (minute: Instant): OpenPoint => {
    const at = Math.floor(minute / spanMs) * spanMs;
    const point = points.get(at) ?? { entered: {}, marked: {} };
    points.set(at, point);
    return point;
  };
  for (const { minute, state, n } of entries) {
    const { entered } = pointOf(minute);
    entered[state] = (entered[state] ?? 0) + n;
  }
  for (const { minute, mark, n } of marks) {
    const { marked } = pointOf(minute);
    marked[mark] = (marked[mark] ?? 0) + n;
  }
  const series = [...points]
    .map(([at, { entered, marked }]) =>
      Object.keys(marked).length === 0 ? { at, entered } : { at, entered, marked },
    )
    .toSorted((a, b) => a.at - b.at);
  return { spanMs, series };
}

/** The shortest span with which the whole time needs at most `maxSpans` of them. */
function spanFor(entries: readonly { readonly minute: Instant }[]): number {
  let first = Infinity;
  let last = -Infinity;
  for (const { minute } of entries) {
    first = Math.min(first, minute);
    last = Math.max(last, minute);
  }
  if (first > last) return minuteMs;
  const span = spansInMinutes.find((minutes) => count(first, last, minutes) <= maxSpans);
  if (span !== undefined) return span * minuteMs;
  const days = Math.ceil((last - first) / minuteMs / 1_440 / (maxSpans - 1));
  return days * 1_440 * minuteMs;
}

function count(first: Instant, last: Instant, minutes: number): number {
  const spanMs = minutes * minuteMs;
  return Math.floor(last / spanMs) - Math.floor(first / spanMs) + 1;
}
