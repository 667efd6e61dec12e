/**
 * The last results of one campaign: when too many of them failed, for whatever reason, somebody
 * has to look before everybody else is written to. Pure.
 */

/** So many results are looked at; fewer say too little. */
export const windowSize = 200;

/** The last results, oldest first: "x" failed, "." did not. Short, so that it can be stored. */
export type FailureWindow = string;

export const emptyWindow: FailureWindow = "";

export function withResult(window: FailureWindow, hasFailed: boolean): FailureWindow {
  return (window + (hasFailed ? "x" : ".")).slice(-windowSize);
}

/** The same after so many that did not fail. */
export function withSuccesses(window: FailureWindow, times: number): FailureWindow {
  return (window + ".".repeat(Math.min(times, windowSize))).slice(-windowSize);
}

/** Whether the share of failures is one to stop for; never before the window is full. */
export function hasTooMany(window: FailureWindow, failurePercent: number | null): boolean {
  if (failurePercent === null || window.length < windowSize) return false;
  return failuresIn(window) * 100 >= failurePercent * windowSize;
}

function failuresIn(window: FailureWindow): number {
  let failures = 0;
  for (const result of window) if (result === "x") failures += 1;
  return failures;
}
