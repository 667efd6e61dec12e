/** Milliseconds since 1970-01-01T00:00:00Z. Inside the rules every moment is one of these. */
export type Instant = number;

export const secondMs = 1_000;
export const minuteMs = 60 * secondMs;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/**
 * Whether the calendar has the day that an ISO 8601 text begins with. Date.parse alone takes the
 * 30th of February for the 2nd of March.
 */
export function isCalendarDay(text: string): boolean {
  const day = text.slice(0, 10);
  const at = Date.parse(`${day}T00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(day);
}
