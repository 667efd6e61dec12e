/** Whether what a campaign over REST names is there. */
import type { CampaignPatch } from "#protocol/rest/campaign.ts";
import type { Store } from "../store/store.ts";
import { HttpProblem } from "./problem.ts";
import type { Caller } from "./route.ts";

/**
 * A script names what is there. A device may have been offline when it was deleted: its command is
 * taken, and the launch refused.
 */
export async function checkNamed(
  store: Pick<Store, "sync">,
  { workspace }: Caller,
  {
    audienceId = null,
    accountId = null,
    codePoolId = null,
    fallback = null,
  }: Pick<CampaignPatch, "audienceId" | "accountId" | "codePoolId" | "fallback">,
): Promise<void> {
  for (const [kind, id, field] of [
    ["audience", audienceId, "audienceId"],
    ["account", accountId, "accountId"],
    ["codePool", codePoolId, "codePoolId"],
    ["account", fallback?.accountId ?? null, "fallback.accountId"],
  ] as const) {
    if (id === null) continue;
    const found = await store.sync.read({ workspace, keys: [[kind, id]] });
    if (found.length === 0)
      throw new HttpProblem(
        "invalid",
        `There is no such ${kind === "codePool" ? "code pool" : kind}.`,
        field,
      );
  }
}
