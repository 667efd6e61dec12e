/** A frequency cap as two boxes and a tick. */
import type { FrequencyCap } from "#domain/limits/people-limits.ts";

export interface CapForm {
  readonly isOn: boolean;
  readonly messages: string;
  readonly days: string;
}

/** What a new cap starts with. */
const usual = { messages: "4", days: "7" };

export function formOfCap(cap: FrequencyCap | null): CapForm {
  if (cap === null) return { isOn: false, ...usual };
  return { isOn: true, messages: String(cap.messages), days: String(cap.days) };
}

export function capOf({ isOn, messages, days }: CapForm): FrequencyCap | null {
  return isOn ? { messages: Number(messages), days: Number(days) } : null;
}

/** Why it cannot be saved; undefined when it can. */
export function capProblem({ isOn, messages, days }: CapForm): string | undefined {
  if (!isOn) return undefined;
  if (!isWhole(messages, 1_000)) return "Enter a whole number of messages, 1 to 1,000";
  return isWhole(days, 365) ? undefined : "Enter a whole number of days, 1 to 365";
}

function isWhole(text: string, most: number): boolean {
  return /^\d+$/.test(text.trim()) && Number(text) >= 1 && Number(text) <= most;
}
