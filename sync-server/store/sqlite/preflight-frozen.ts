/** What is left of a campaign whose audience is frozen: its own rows, by the intent's own verdict. */
import type { Campaign } from "#domain/campaign/campaign.ts";
import type { Instant } from "#domain/core/time.ts";
import type { Reason } from "#domain/message/reason.ts";
import type { ContactColumn } from "../distribution.ts";
import type { Candidate, PreflightStore } from "../preflight-store.ts";
import { contactOf } from "./contact-columns.ts";
import type { Database, Row } from "./database.ts";
import { codesInThought } from "./delivery-again.ts";
import { spentBy } from "./delivery-allowance.ts";
import { candidates, joined, type Claim } from "./delivery-candidates.ts";
import { toMessage } from "./delivery-moves.ts";
import { accountOf, campaignOf, distributionOf, type Distribution } from "./delivery-rows.ts";
import { createOutlook, quietHoursOf, whereaboutsOf } from "./delivery-timing.ts";
import { createOldKeys } from "./delivery-doubts.ts";
import { createVerdicts, type Verdict } from "./delivery-verdict.ts";
import { capOf } from "./limits-settings.ts";
import type { Operations } from "./operation.ts";
import { zoneOf } from "./preflight-zone.ts";

type FrozenOperations = Pick<Operations<PreflightStore>, "frozen" | "frozenCandidates">;

/** Those that nobody took into flight yet. */
const waitingSql = `m.state = 0 and exists (select 1 from standing s2 where s2.ws = m.ws
  and s2.distribution = m.distribution and s2.n = m.n and s2.flies = 0)`;

export const frozenOperations: FrozenOperations = {
  frozen: (db, { workspace, campaignId, now }) => {
    const it = open(db, { workspace, campaignId, columns: [], now });
    if (it === null) return null;
    const counts = new Map<Reason, number>();
    const sql = `${candidates(it.claim)} and ${waitingSql} order by m.n`;
    for (const row of db.each(sql, ...joined(it.distribution, it.claim))) {
      const fate = fateOf(it.verdictOn(row));
      counts.set(fate, (counts.get(fate) ?? 0) + 1);
    }
    const fates = [...counts].map(([reason, n]) => ({ reason, n }));
    return {
      total: it.distribution.total,
      fates: fates.toSorted((a, b) => b.n - a.n),
      spent: spentBy(db, it.distribution),
    };
  },

  frozenCandidates: (db, { workspace, campaignId, columns, after, limit, now }) => {
    const it = open(db, { workspace, campaignId, columns, now });
    if (it === null) return [];
    const sql = `${candidates(it.claim)} and m.n > ? and ${waitingSql} order by m.n`;
    const found: Candidate[] = [];
    for (const row of db.each(sql, ...joined(it.distribution, it.claim), after)) {
      const verdict = it.verdictOn(row);
      if (verdict.what !== "go" && verdict.what !== "wait") continue;
      found.push(candidateOf(row, it, verdict));
      if (found.length === limit) break;
    }
    return found;
  },
};

interface Opened {
  readonly distribution: Distribution;
  readonly campaign: Campaign;
  readonly claim: Pick<Claim, "cap" | "columns" | "timing" | "now">;
  readonly verdictOn: (row: Row) => Verdict;
}

function open(
  db: Database,
  {
    workspace,
    campaignId,
    columns,
    now,
  }: {
    readonly workspace: string;
    readonly campaignId: string;
    readonly columns: readonly ContactColumn[];
    readonly now: Instant;
  },
): Opened | null {
  const row = db.get(
    "select seq from distribution where workspace = ? and campaign = ? and stage <> 'freezing'",
    workspace,
    campaignId,
  );
  const campaign = campaignOf(db, workspace, campaignId);
  if (row === undefined || campaign === null) return null;
  const distribution = distributionOf(db, Number(row["seq"]));
  const cap = capOf(db, workspace, distribution.channel);
  const timing = createOutlook(campaign, quietHoursOf(db, workspace), now);
  const verdictOf = createVerdicts(distribution, {
    timing,
    // How far a budget reaches is told beside it.
    allowance: null,
    hasCode: codesInThought(db, distribution),
    repeatsUnknown: () => accountOf(db, distribution)?.onUnknown === "resend",
    oldKeyOf: createOldKeys(db, distribution, now),
    now,
  });
  return {
    distribution,
    campaign,
    claim: { cap, columns, timing, now },
    verdictOn: (each) => verdictOf(each, toMessage(each)),
  };
}

function fateOf(verdict: Verdict): Reason {
  return verdict.what === "skip" ? verdict.reason : "none";
}

function candidateOf(row: Row, { campaign, claim }: Opened, verdict: Verdict): Candidate {
  const waits = verdict.what === "wait" ? verdict : null;
  return {
    seq: Number(row["n"]),
    address: String(row["address"]),
    contact: contactOf(row, claim.columns),
    waitsUntil: waits?.until ?? null,
    zone: waits === null ? null : zoneOf(whereaboutsOf(row), campaign),
    missed: null,
  };
}
