/** How fast a campaign goes, what keeps it from going faster, and when it will be through. */
import { sendingRules } from "#domain/access/permission.ts";
import type { Campaign } from "#domain/campaign/campaign.ts";
import { withoutNights } from "#domain/report/nights.ts";
import { expectedEnd } from "#domain/report/pace.ts";
import type { ReportAnswer } from "#protocol/rest/report.ts";
import type { Store } from "../store/store.ts";

/** null while it is not on its way. */
export async function paceOf(
  store: Pick<Store, "preflight" | "sync">,
  workspace: string,
  { id, accountId, phase }: Pick<Campaign, "id" | "accountId" | "phase">,
): Promise<ReportAnswer["pace"]> {
  if (phase !== "active") return null;
  const [shown, home] = await store.sync.read({
    workspace,
    keys: [
      ["rollup", id],
      ["workspace", workspace],
    ],
  });
  if (shown?.kind !== "rollup") return null;
  const { rate, limitedBy = null } = shown.doc;
  const quiet = home?.kind === "workspace" ? sendingRules(home.doc.access).quietHours : null;
  const end = expectedEnd(shown.doc, withoutNights(quiet));
  const atWork = await store.preflight.atWork({ workspace, except: id });
  return {
    perSecond: rate,
    limitedBy,
    sharedBy: atWork.filter((each) => each.accountId === accountId).length,
    expectedEnd: end === null ? null : new Date(end).toISOString(),
  };
}
