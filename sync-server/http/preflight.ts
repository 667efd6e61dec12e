/** `POST /api/v1/campaigns/:id/preflight`: what a launch would do. Nothing is changed by it. */
import type { Account } from "#domain/campaign/account.ts";
import type { Campaign } from "#domain/campaign/campaign.ts";
import { planned } from "#domain/campaign/launch.ts";
import type { Templates } from "#domain/message/template.ts";
import type { CampaignSchedule } from "#protocol/rest/campaign.ts";
import { preflightAnswer, preflightOf, type PreflightAnswer } from "#protocol/rest/preflight.ts";
import { id as idSchema } from "#protocol/value.ts";
import type { FastifyInstance } from "fastify";
import * as v from "valibot";
import { preflight, type Preflight, type Waits } from "../delivery/preflight.ts";
import type { LeaveUrls, ShortLinks } from "../delivery/carriers.ts";
import type { Store } from "../store/store.ts";
import { toSchedule } from "./campaign-schedule.ts";
import { toStanding } from "./accounts.ts";
import { HttpProblem, refused } from "./problem.ts";
import { route } from "./route.ts";

export interface PreflightRouteDeps {
  readonly store: Pick<Store, "sync" | "preflight" | "delivery" | "codes" | "budgets">;
  readonly templates: Templates;
  readonly leaveLinks: LeaveUrls;
  readonly trackedLinks: Pick<ShortLinks, "ownUrl" | "length">;
  readonly clock: () => number;
}

export function registerPreflight(app: FastifyInstance, deps: PreflightRouteDeps): void {
  const { store } = deps;
  route(app, {
    method: "POST",
    url: "/api/v1/campaigns/:id/preflight",
    summary:
      "What a launch would do, now or at a planned time: recipients, skips, segments, waits, and the end",
    permission: "campaign.read",
    params: v.strictObject({ id: idSchema }),
    body: preflightOf,
    answers: { 200: preflightAnswer },
    handle: async ({ caller: { workspace }, params: { id }, body: { schedule } }) => {
      const [found] = await store.sync.read({ workspace, keys: [["campaign", id]] });
      if (found?.kind !== "campaign") throw new HttpProblem("not_found");
      const campaign = schedule === undefined ? found.doc : asPlanned(found.doc, schedule, deps);
      const [audience] = await store.sync.read({
        workspace,
        keys: [["audience", campaign.audienceId ?? id]],
      });
      if (audience?.kind !== "audience") throw missing("audienceId");
      const [account] = await store.sync.read({
        workspace,
        keys: [["account", campaign.accountId ?? id]],
      });
      if (account?.kind !== "account") throw missing("accountId");
      const owner = { workspace, campaignId: id, distribution: 0, n: 0 };
      const told = await preflight(
        { ...deps, leaveUrl: deps.leaveLinks.urlOf(owner) },
        { workspace, campaign, account: account.doc, rule: audience.doc.rule },
      );
      return toAnswer(told, account.doc);
    },
  });
}

function toAnswer(told: Preflight, { standing = null }: Account): PreflightAnswer {
  const { waits, startsAt, endsAt } = told;
  return {
    ...told,
    skips: told.skips.map(({ reason, n }) => ({ reason, n })),
    waits: waits === null ? null : toWaits(waits),
    standing: toStanding(standing),
    startsAt: iso(startsAt),
    endsAt: endsAt === null ? null : iso(endsAt),
  };
}

/** The campaign as it would be with the plan. */
function asPlanned(
  campaign: Campaign,
  wanted: CampaignSchedule,
  { clock }: Pick<PreflightRouteDeps, "clock">,
): Campaign {
  const found = planned(toSchedule(wanted), clock());
  if (found.ok) return { ...campaign, schedule: found.value };
  const { refusal } = found.error;
  const isOfTime = refusal.field === "schedule.wall" || refusal.field === "schedule.repeat.from";
  throw refused({ ...refusal, field: isOfTime ? "schedule.at" : refusal.field });
}

function toWaits({ n, until, spread }: Waits): PreflightAnswer["waits"] {
  const hours = spread.map(({ from, zones, ...hour }) => ({
    ...hour,
    from: iso(from),
    zones: [...zones],
  }));
  return { n, until: iso(until), spread: hours };
}

function missing(field: "audienceId" | "accountId"): HttpProblem {
  return refused({ type: "incomplete", field, detail: { missing: field } });
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
