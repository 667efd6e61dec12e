/** Sending again to those whom a campaign did not reach: who, why and what it costs, then the act. */
import type { Price } from "#domain/campaign/price.ts";
import type { Campaign } from "#domain/campaign/campaign.ts";
import { isAllowed } from "#domain/campaign/lifecycle.ts";
import { hasEnded } from "#domain/campaign/retry.ts";
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import { chanceOf, retryPlan, type Picked, type RetryPlan } from "#domain/message/again.ts";
import { reasonText } from "#domain/message/reason-text.ts";
import { costAgain } from "#domain/report/cost.ts";
import type { ReasonCount, Rollup } from "#domain/report/rollup.ts";
import { permissionOf } from "#domain/sync/command.ts";
import { campaignAnswer, type CampaignAnswer } from "#protocol/rest/campaign.ts";
import { campaignRetry, retryAnswer, type RetryAnswer } from "#protocol/rest/retry.ts";
import { id as idSchema } from "#protocol/value.ts";
import type { FastifyInstance } from "fastify";
import * as v from "valibot";
import type { Store } from "../store/store.ts";
import { HttpProblem } from "./problem.ts";
import { route, type Caller } from "./route.ts";

export interface RetryDeps {
  readonly store: Pick<Store, "sync">;
  readonly clock: () => Instant;
  readonly act: (caller: Caller, id: Id, picks: readonly Picked[]) => Promise<CampaignAnswer>;
  readonly find: (caller: Caller, id: Id) => Promise<Campaign>;
}

const url = "/api/v1/campaigns/:id/retry";
/** The call by either of its names. */
const acts = [url, `${url}-failed`];
const params = v.strictObject({ id: idSchema });

export function registerRetry(app: FastifyInstance, { store, clock, act, find }: RetryDeps): void {
  const rollupOf = async ({ workspace }: Caller, id: Id): Promise<Rollup | null> => {
    const [rollup] = await store.sync.read({ workspace, keys: [["rollup", id]] });
    return rollup?.kind === "rollup" ? rollup.doc : null;
  };
  const reasonsOf = async (caller: Caller, id: Id): Promise<readonly ReasonCount[]> =>
    (await rollupOf(caller, id))?.reasons ?? [];
  const priceOf = async ({ workspace }: Caller, id: Id | null): Promise<Price | null> => {
    if (id === null) return null;
    const [account] = await store.sync.read({ workspace, keys: [["account", id]] });
    return account?.kind === "account" ? (account.doc.price ?? null) : null;
  };
  route(app, {
    method: "GET",
    url,
    summary: "Who could be sent to again, why they were missed, and what it would cost",
    permission: "report.read",
    params,
    answers: { 200: retryAnswer },
    handle: async ({ caller, params: { id } }) => {
      const campaign = await find(caller, id);
      const { accountId, phase, type } = campaign;
      const rollup = await rollupOf(caller, id);
      const isPossible = isAllowed(phase, "retry") && !hasEnded(campaign, clock());
      const found = toAnswer(rollup?.reasons ?? [], isPossible);
      const units = type === "sms" ? found.segments : found.n;
      const price = await priceOf(caller, accountId);
      return { ...found, cost: costAgain(units, price, rollup?.cost) };
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
        await find(caller, id);
        const picks = body.picks ?? picksOf(retryPlan(await reasonsOf(caller, id)));
        if (picks.length === 0) throw new HttpProblem("nothing_to_retry");
        return act(caller, id, picks);
      },
    });
  }
}

function picksOf({ rows }: RetryPlan): readonly Picked[] {
  return rows.map(({ state, reason }) => ({ state, reason }));
}

function toAnswer(counts: readonly ReasonCount[], isPossible: boolean): Omit<RetryAnswer, "cost"> {
  const { n, segments } = retryPlan(counts);
  const kinds = counts.flatMap(({ state, reason, n: messages, segments: parts = messages }) => {
    const chance = chanceOf(state, reason);
    if (chance === "open") return [];
    return [{ state, reason, text: reasonText(reason), chance, n: messages, segments: parts }];
  });
  return { isPossible, n, segments, kinds };
}
