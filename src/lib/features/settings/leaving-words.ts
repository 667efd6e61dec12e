/** What is lost with a person who leaves, as far as anybody knows. */
import { formatCount } from "#lib/i18n/format.ts";
import type { KnownDevice } from "#lib/state/devices.svelte.ts";

type Left = Pick<KnownDevice, "unsent" | "revokedAt">;

/** `devices`: all of the person's; those that were signed out have nothing more to lose. */
export function leavingText(devices: readonly Left[]): string {
  const theirs = devices.filter(({ revokedAt }) => revokedAt === null);
  if (theirs.length === 0) return "They have no device here, so nothing unsent is lost.";
  const unsent = theirs.reduce((sum, each) => sum + each.unsent, 0);
  const where = theirs.length === 1 ? "Their device" : `Their ${theirs.length} devices`;
  const since = "What was done since then and not sent is lost";
  return unsent === 0
    ? `${where} had sent everything at the last contact. ${since}.`
    : `${where} had ${formatCount(unsent, "unsent change")} at the last contact. They will be lost. ${since} too.`;
}

/** What is lost on one's other devices when one leaves; null: nothing that anybody knows of. */
export function otherDevicesText(devices: readonly Left[]): string | null {
  const unsent = devices
    .filter(({ revokedAt }) => revokedAt === null)
    .reduce((sum, each) => sum + each.unsent, 0);
  if (unsent === 0) return null;
  return `Your other devices had ${formatCount(unsent, "unsent change")} at the last contact. They will be lost unless these devices connect first.`;
}
