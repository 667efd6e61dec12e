/** What is said of a device, and of what is lost when it is signed out. */
import type { Instant } from "#domain/core/time.ts";
import { formatCount, formatDate, formatDateTime, formatRelative } from "#lib/i18n/format.ts";
import type { KnownDevice } from "#lib/state/devices.svelte.ts";

type Heard = Pick<KnownDevice, "seenAt" | "unsent" | "leaseUntil" | "revokedAt" | "wipedAt">;

/** `Last contact 2 hours ago`. */
export function contactText({ seenAt }: Pick<Heard, "seenAt">, now: Instant): string {
  const ago = formatRelative(seenAt, now);
  return `Last contact ${ago === "now" ? "just now" : ago}`;
}

/** What is unsent on it; of one that was signed out, what was lost. */
export function unsentText({ unsent, revokedAt }: Pick<Heard, "unsent" | "revokedAt">): string {
  if (revokedAt !== null) {
    return unsent === 0 ? "everything had been sent" : `${formatCount(unsent, "change")} lost`;
  }
  return unsent === 0 ? "nothing unsent" : `${formatCount(unsent, "change")} unsent`;
}

/** Until when it keeps its data without a contact; of one that was signed out, whether it is gone. */
export function leaseText({ leaseUntil, revokedAt, wipedAt }: Heard, now: Instant): string {
  if (revokedAt !== null) {
    return wipedAt === null
      ? "has not heard of it yet"
      : `removed its data ${formatDateTime(wipedAt)}`;
  }
  return leaseUntil <= now
    ? `locked since ${formatDate(leaseUntil)}`
    : `locks itself on ${formatDate(leaseUntil)} if it does not connect`;
}

/** What signing it out takes away. */
export function lossText({ seenAt, unsent }: Heard, now: Instant): string {
  const ago = formatRelative(seenAt, now);
  const then = `at its last contact, ${ago === "now" ? "just now" : ago}`;
  const since = "What was done on it since then and not sent is lost too.";
  return unsent === 0
    ? `It had sent everything ${then}. What was done on it since then and not sent is lost.`
    : `${formatCount(unsent, "change had", "changes had")} not left it ${then}, and will be lost. ${since}`;
}

/** When its data goes. */
export function removalText({ leaseUntil }: Heard, now: Instant): string {
  const first = "Its data is removed as soon as it connects.";
  return leaseUntil <= now
    ? `${first} Until then it is locked.`
    : `${first} If it never does, it locks itself on ${formatDate(leaseUntil)}.`;
}
