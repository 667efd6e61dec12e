/** Sending again to those whom a campaign did not reach: who, why and what it costs, then the act. */
import type { Campaign } from "#domain/campaign/campaign.ts";
import { hasEnded, mayRetry } from "#domain/campaign/retry.ts";
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import { canSucceed, chanceOf, mayPick, retryPlan, type Picked } from "#domain/message/again.ts";
import { reasonText } from "#domain/message/reason-text.ts";
import type { Reason } from "#domain/message/reason.ts";
import { costIn } from "#domain/report/cost.ts";
import type { ReasonCount } from "#domain/report/rollup.ts";
import { permissionOf } from "#domain/sync/command.ts";
import { campaignAnswer, type CampaignAnswer } from "#protocol/rest/campaign.ts";
import { campaignRetry, retryAnswer, retryQuery, type RetryAnswer } from "#protocol/rest/retry.ts";
import { id as idSchema } from "#protocol/value.ts";
import type { FastifyInstance } from "fastify";
import * as v from "valibot";
import type { AgainFate } from "../store/preflight-store.ts";
import type { Store } from "../store/store.ts";
import { HttpProblem } from "./problem.ts";
import { route, type Caller } from "./route.ts";

export interface RetryDeps {
  readonly store: Pick<Store, "sync" | "preflight">;
  readonly clock: () => Instant;
  readonly act: (caller: Caller, id: Id, picks: readonly Picked[]) => Promise<CampaignAnswer>;
  readonly find: (caller: Caller, id: Id) => Promise<Campaign>;
}

const url = "/api/v1/campaigns/:id/retry";
/** The call by either of its names. */
const acts = [url, `${url}-failed`];
const params = v.strictObject({ id: idSchema });

export function registerRetry(app: FastifyInstance, deps: RetryDeps): void {
  const { store, clock, act, find } = deps;
  route(app, {
    method: "GET",
    url,
    summary:
      "Who would be sent to again now, who would be left out and why, and what it would cost",
    permission: "report.read",
    params,
    query: retryQuery,
    answers: { 200: retryAnswer },
    handle: async ({ caller, params: { id }, query }) => {
      const campaign = await find(caller, id);
      const isPossible = mayRetry(campaign) && !hasEnded(campaign, clock());
      const told = await countAgain(deps, caller, id, query.picks);
      return { isPossible, ...told, kinds: kindsOf(await reasonsOf(store, caller, id)) };
    },
  });
  for (const address of acts) {
    route(app, {
      method: "POST",
      url: address,
      summary: "Send again to those who can be reached as they are, or to the kinds that are named",
      permission: permissionOf["campaign.retry"],
      params,
      body: campaignRetry,
      answers: { 200: campaignAnswer },
      handle: async ({ caller, params: { id }, body }) => {
        const campaign = await find(caller, id);
        const picks = body.picks ?? (await picksOf(store, caller, id));
        if (picks.length === 0) throw new HttpProblem("nothing_to_retry");
        // Everybody would be left out, or was sent to again meanwhile: said before anything is changed.
        if (mayRetry(campaign) && picks.every(mayPick)) {
          const { asked, n } = await countAgain(deps, caller, id, picks);
          if (asked === 0) throw new HttpProblem("nothing_to_retry");
          if (n === 0) throw new HttpProblem("nothing_to_retry", nobodyLeft);
        }
        return act(caller, id, picks);
      },
    });
  }
}

const nobodyLeft = "Everybody whom it did not reach would be left out now.";

async function countAgain(
  { store, clock }: RetryDeps,
  { workspace }: Caller,
  campaignId: Id,
  picks: readonly Picked[] = canSucceed,
): Promise<Omit<RetryAnswer, "isPossible" | "kinds">> {
  if (!picks.every(mayPick)) throw new HttpProblem("invalid", neverAgain, "picks");
  const told = await store.preflight.again({ workspace, campaignId, picks, now: clock() });
  const { fates, waits, currency } = told;
  const going = fates.filter(({ fate }) => fate === "none");
  const segments = sumOf(going, ({ units }) => units);
  const spent = { units: segments, micros: sumOf(going, ({ micros }) => micros) };
  return {
    asked: sumOf(fates, ({ n }) => n),
    n: sumOf(going, ({ n }) => n),
    segments,
    cost: costIn(currency === null ? null : { currency }, spent),
    leftOut: leftOutOf(fates),
    waits: waits === null ? null : { n: waits.n, until: new Date(waits.until).toISOString() },
  };
}

const neverAgain = "picks names messages that are never sent again.";

function leftOutOf(fates: readonly AgainFate[]): RetryAnswer["leftOut"] {
  const counts = new Map<Reason, number>();
  for (const { fate, n } of fates) {
    if (fate !== "none") counts.set(fate, (counts.get(fate) ?? 0) + n);
  }
  return [...counts]
    .map(([reason, n]) => ({ reason, text: reasonText(reason), n }))
    .toSorted((a, b) => b.n - a.n);
}

async function picksOf(
  store: RetryDeps["store"],
  caller: Caller,
  id: Id,
): Promise<readonly Picked[]> {
  const { rows } = retryPlan(await reasonsOf(store, caller, id));
  return rows.map(({ state, reason }) => ({ state, reason }));
}

async function reasonsOf(
  store: RetryDeps["store"],
  { workspace }: Caller,
  id: Id,
): Promise<readonly ReasonCount[]> {
  const [rollup] = await store.sync.read({ workspace, keys: [["rollup", id]] });
  return rollup?.kind === "rollup" ? (rollup.doc.reasons ?? []) : [];
}

function kindsOf(counts: readonly ReasonCount[]): RetryAnswer["kinds"] {
  return counts.flatMap(({ state, reason, n, segments = n }) => {
    const chance = chanceOf(state, reason);
    return chance === "open"
      ? []
      : [{ state, reason, text: reasonText(reason), chance, n, segments }];
  });
}

function sumOf(fates: readonly AgainFate[], what: (fate: AgainFate) => number): number {
  return fates.reduce((sum, fate) => sum + what(fate), 0);
}
