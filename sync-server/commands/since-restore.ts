/**
 * After a restore, devices ask again for what the server has forgotten. Edits are taken as they
 * are; but a launch that was asked for before the restore may have gone out then, so a person has
 * to ask for it anew.
 */
import type { Instant } from "#domain/core/time.ts";
import { permissionOf, type Act } from "#domain/sync/command.ts";
import { rejected, type Decision } from "#domain/sync/decision.ts";
import type { Command } from "#protocol/command.ts";
import { madeAt } from "./activity.ts";

/** The refusal of an act that would set messages going and was made before the restore; null for every other. */
export function refusedSinceRestore(
  { name }: Act,
  at: Command["at"],
  restoredAt: Instant | null,
): Decision | null {
  if (restoredAt === null || !sends(name) || madeAt(at) > restoredAt) return null;
  return rejected("changed_since_review", null, { restored: true });
}

function sends(name: Act["name"]): boolean {
  if (name === "campaign.unschedule") return false;
  if (name === "campaign.approve") return true;
  return name === "campaign.resume" || permissionOf[name] === "campaign.send";
}
