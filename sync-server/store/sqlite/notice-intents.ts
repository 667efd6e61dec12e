/** Noting that people have to be told: in the transaction of what they are told of. */
import { noticeQuietMs, type NoticeCause } from "#domain/campaign/notice.ts";
import type { PauseReason } from "#domain/campaign/lifecycle.ts";
import type { Instant } from "#domain/core/time.ts";
import type { Write } from "#domain/sync/decision.ts";
import type { Database } from "./database.ts";
import { campaignOf } from "./delivery-rows.ts";

/** Nothing when the same was noted a short while ago. A clock that was set back does not silence it. */
export function noteNotice(
  db: Database,
  workspace: string,
  {
    campaign,
    cause,
    now,
  }: { readonly campaign: string; readonly cause: NoticeCause; readonly now: Instant },
): void {
  db.run(
    `insert into notice (workspace, campaign, cause, at)
     select ?1, ?2, ?3, ?4 where not exists (select 1 from notice
       where workspace = ?1 and campaign = ?2 and cause = ?3 and at between ?4 - ?5 + 1 and ?4 + ?5 - 1)`,
    workspace,
    campaign,
    cause,
    now,
    noticeQuietMs,
  );
}

/** The same for a pause; a person's own is no news. */
export function notePause(
  db: Database,
  workspace: string,
  {
    campaign,
    reason,
    now,
  }: { readonly campaign: string; readonly reason: PauseReason; readonly now: Instant },
): void {
  if (reason !== "user") noteNotice(db, workspace, { campaign, cause: reason, now });
}

/** The same for launches that begin to wait for a yes with these writes: call it before they are written. */
export function noteAsked(
  db: Database,
  workspace: string,
  { writes, now }: { readonly writes: readonly Write[]; readonly now: Instant },
): void {
  for (const { kind, id, doc } of writes) {
    if (kind !== "campaign" || doc?.approval?.state !== "asked") continue;
    const before = campaignOf(db, workspace, id)?.approval;
    if (before?.state === "asked" && before.askedAt === doc.approval.askedAt) continue;
    noteNotice(db, workspace, { campaign: id, cause: "approval", now });
  }
}

/** A back-up holds what was to be told when it was made: it was told since, or is old by now. */
export function forgetOpenTellings(db: Database): void {
  db.run("update notice set bundle = seq where bundle is null");
  db.run(
    "update telling set state = 'failed', why = 'restored' where state in ('queued', 'sending')",
  );
}
