/**
 * How long the first receipts of an account take: counts by size of delay, which never grow
 * beyond a fixed size, however many there are.
 *
 * A delay falls into a class whose bound is at most 2^(1/4) (19 %) above the bound of the class
 * before, and the answer is always the bound: it is never below what was asked for, and above it by
 * no more than that, or by a second. Within a generation of ten thousand only the counts matter: not
 * in which order or in how many parts the delays came. Then a new generation begins, and the one
 * before the last is forgotten, so that an account that grew slower or faster is known for it after
 * ten to twenty thousand receipts.
 */
import { dayMs, minuteMs, secondMs } from "../core/time.ts";

/** Counts by class of delay, of the generation that is being filled and of the one before. */
export interface DelayCounts {
  readonly recent: readonly number[];
  readonly before: readonly number[];
}

/** What the receipts of an account have taught, as everybody may see it. */
export interface ReceiptDelay {
  /** 99 of 100 first receipts came within it. */
  readonly p99Ms: number;
  /** From so many it was learned. */
  readonly receipts: number;
}

export const noDelays: DelayCounts = { recent: [], before: [] };

/**
 * So many make it known. Five of them lie above the delay that is told, and that none of five
 * hundred lies above the true one happens in less than one account of a hundred (0.99^500).
 */
export const leastReceipts = 500;

/** Of a generation. */
export const generationSize = 10_000;

const perDoubling = 4;
const firstBoundMs = secondMs;
/** What takes longer than three days counts as three days: no receipt is waited for longer. */
const lastClass = Math.ceil(perDoubling * Math.log2((3 * dayMs) / firstBoundMs));

/** Counts of how many classes are kept, at most. */
export const delayClasses = lastClass + 1;

/** Some receipts that took equally long; a delay below zero is one of a clock that was set back. */
export interface Delays {
  readonly delayMs: number;
  readonly n: number;
}

export function withDelays(known: DelayCounts, { delayMs, n }: Delays): DelayCounts {
  const at = classOf(delayMs);
  let { recent, before } = known;
  for (let left = n; left > 0;) {
    const room = generationSize - sum(recent);
    if (room === 0) [before, recent] = [recent, []];
    const taken = Math.min(left, room === 0 ? generationSize : room);
    recent = plus(recent, at, taken);
    left -= taken;
  }
  return { recent, before };
}

/** What the counts teach; null while there are too few. */
export function receiptDelayOf({ recent, before }: DelayCounts): ReceiptDelay | null {
  const receipts = sum(recent) + sum(before);
  if (receipts < leastReceipts) return null;
  const rank = Math.ceil(0.99 * receipts);
  let seen = 0;
  for (let at = 0; at <= lastClass; at++) {
    seen += (recent[at] ?? 0) + (before[at] ?? 0);
    if (seen >= rank) return { p99Ms: boundOf(at), receipts };
  }
  return { p99Ms: boundOf(lastClass), receipts };
}

/**
 * What is told from now on of what was told before: devices hear of an account when it changes, so
 * small changes are kept back. Longer delays are told at once; shorter ones when they are shorter by
 * a quarter; and how many receipts there were when they have doubled.
 */
export function told(before: ReceiptDelay | null, now: ReceiptDelay | null): ReceiptDelay | null {
  if (before === null || now === null) return now;
  const isLonger = now.p99Ms > before.p99Ms;
  const isShorter = now.p99Ms * shorterBy <= before.p99Ms;
  const isSurer = now.receipts >= 2 * before.receipts;
  return isLonger || isShorter || isSurer ? now : before;
}

/** Two classes: a delay between two of them would be told again and again. */
const shorterBy = 1.4;

/** However fast receipts are: a provider that could not reach us tries again after a while. */
export const shortestWindowMs = 2 * minuteMs;
/** As long as a person may choose, and an SMS is waited for. */
export const longestWindowMs = 3 * dayMs;

/** How long proof of an unknown outcome is waited for, where receipts taught how long they take. */
export function learnedWindowMs({ p99Ms }: Pick<ReceiptDelay, "p99Ms">): number {
  return Math.min(longestWindowMs, Math.max(shortestWindowMs, 2 * p99Ms));
}

function classOf(delayMs: number): number {
  if (!(delayMs > firstBoundMs)) return 0;
  // The bounds themselves belong to their class, whatever the logarithm rounds to.
  const at = Math.ceil(perDoubling * Math.log2(delayMs / firstBoundMs) - 1e-9);
  return Math.min(lastClass, at);
}

/** Whole milliseconds. */
function boundOf(at: number): number {
  return Math.ceil(firstBoundMs * 2 ** (at / perDoubling));
}

function plus(counts: readonly number[], at: number, n: number): readonly number[] {
  const length = Math.max(counts.length, at + 1);
  return Array.from({ length }, (_, each) => (counts[each] ?? 0) + (each === at ? n : 0));
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, n) => total + n, 0);
}
