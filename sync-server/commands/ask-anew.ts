/**
 * What was approved goes to the audience that was approved: whoever changes its rule afterwards has
 * the launches that wait for it approved anew. A command on an audience does not name them, so only
 * the server can tell which they are.
 */
import { afterAudience } from "#domain/campaign/approval.ts";
import type { Campaign } from "#domain/campaign/campaign.ts";
import { written } from "#domain/campaign/launch.ts";
import type { Audience } from "#domain/audience/audience.ts";
import type { Act } from "#domain/sync/command.ts";
import type { DecideContext, Decision } from "#domain/sync/decision.ts";
import type { Expectation, Found } from "../store/sync-store.ts";

export interface AskedAnew {
  readonly decision: Decision;
  /** The campaigns as they were read. */
  readonly expect: readonly Expectation[];
}

/** The decision with the campaigns that follow from it; `campaigns` reads those of the workspace. */
export async function withAskedAnew(
  { act, decision, found }: { act: Act; decision: Decision; found: readonly Found[] },
  context: DecideContext,
  campaigns: () => Promise<readonly Campaign[]>,
): Promise<AskedAnew> {
  const audience = changedAudience(act, decision, found);
  if (decision.outcome === "rejected" || audience === null) return { decision, expect: [] };
  const of = (await campaigns()).filter(({ audienceId }) => audienceId === audience.id);
  const asked = of.flatMap((known) => {
    const after = afterAudience(known, audience.rev, context);
    return after === null ? [] : [{ known, after }];
  });
  const writes = asked.map(({ after }) => written(after, context));
  return {
    decision: { ...decision, writes: [...decision.writes, ...writes] },
    expect: asked.map(({ known: { id, rev } }) => ({ key: ["campaign", id], rev })),
  };
}

/** The audience as it will be, where another rule says who is in it. */
function changedAudience(act: Act, decision: Decision, found: readonly Found[]): Audience | null {
  if (act.name !== "audience.edit" || decision.outcome === "rejected") return null;
  const before = found.find(({ kind, id }) => kind === "audience" && id === act.args.id);
  const after = decision.writes.find(({ kind, id }) => kind === "audience" && id === act.args.id);
  if (before?.kind !== "audience" || after?.kind !== "audience" || after.doc === null) return null;
  const isSame = JSON.stringify(before.doc.rule) === JSON.stringify(after.doc.rule);
  return isSame ? null : after.doc;
}
