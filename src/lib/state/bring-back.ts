/** A deleted campaign comes back from the server, and then to this device. */
import type { Id } from "#domain/core/id.ts";
import { err, ok, type Result } from "#domain/core/result.ts";
import type { Api } from "../sync/api.ts";
import { late, loadCalls } from "../sync/late.ts";
import type { Device } from "./device.svelte.ts";

export interface BringBackDeps {
  readonly device: Device;
  readonly api: Api;
  readonly sync: { syncNow(): void };
}

/** With a live connection it is here in a moment; without, the next pull brings it. */
const patienceMs = 15_000;
const lookEveryMs = 200;
const askEveryMs = 2_000;

/** Answers when it is on this device; else why not, in words. */
export async function bringBack(
  id: Id,
  { device, api, sync }: BringBackDeps,
): Promise<Result<null, string>> {
  let isBack = false;
  for (let waited = 0; waited < patienceMs; waited += lookEveryMs) {
    if (!isBack && waited % askEveryMs === 0) {
      const asked = await late(loadCalls, ({ restoreCampaign }) => restoreCampaign(api, id));
      // Somebody else brought it back already, or the deletion is still on its way there.
      if (!asked.ok && !asked.error.type.endsWith("#exists")) return err(refusalText(asked.error));
      isBack = asked.ok;
      sync.syncNow();
    }
    if ((await device.db?.campaign.get(id)) !== undefined) return ok(null);
    await new Promise((resolve) => {
      setTimeout(resolve, lookEveryMs);
    });
  }
  return err("The campaign is back on the server, and on its way here. Try again in a moment.");
}

function refusalText({ status, title, detail }: { status: number; title: string; detail: string }) {
  if (status === 404) return "It was deleted too long ago to come back. Make a new draft instead.";
  return `${title}. ${detail}`;
}
