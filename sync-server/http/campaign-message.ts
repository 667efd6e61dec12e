/** One recipient of a campaign with every try: its key, how it ended, and what receipts said. */
import type { Channel } from "#domain/campaign/channel.ts";
import { fallbackChannel } from "#domain/campaign/fallback.ts";
import { reasonText } from "#domain/message/reason-text.ts";
import { messageAnswer, type MessageAnswer } from "#protocol/rest/report.ts";
import { id } from "#protocol/value.ts";
import type { FastifyInstance } from "fastify";
import * as v from "valibot";
import type { EngineDeps } from "../delivery/carriers.ts";
import type { MessageHistory } from "../store/report-store.ts";
import type { Store } from "../store/store.ts";
import { HttpProblem } from "./problem.ts";
import { toMessageRow, type ShowAddress } from "./report-answers.ts";
import { route, type Caller } from "./route.ts";

export interface MessageDeps {
  readonly store: Pick<Store, "reports">;
  readonly keys: Pick<EngineDeps["keys"], "of">;
  /** How addresses of a campaign are shown to somebody. Rejects where there is no such campaign. */
  readonly shower: (caller: Caller, campaignId: string) => Promise<ShowAddress>;
}

const params = v.object({
  id,
  n: v.pipe(v.string(), v.regex(/^[1-9]\d{0,11}$/), v.transform(Number)),
});

export function registerMessage(app: FastifyInstance, { store, keys, shower }: MessageDeps): void {
  route(app, {
    method: "GET",
    url: "/api/v1/campaigns/:id/messages/:n",
    summary:
      "One recipient of a campaign, by its number: every try with its key and what was heard",
    permission: "report.read",
    params,
    answers: { 200: messageAnswer },
    handle: async ({ caller, params: { id: campaignId, n } }) => {
      const { workspace } = caller;
      const show = await shower(caller, campaignId);
      const found = await store.reports.message({ workspace, campaignId, n });
      if (found === null) throw new HttpProblem("not_found");
      const { distribution, keyForm } = found;
      const keyOf = (gen: number): string =>
        keys.of({ workspace, campaignId, distribution, n, gen, keyForm });
      return toAnswer(found, show, keyOf);
    },
  });
}

function toAnswer(
  found: MessageHistory,
  show: ShowAddress,
  keyOf: (gen: number) => string,
): MessageAnswer {
  // Who has no address for the first channel is not sent to by it.
  const unbegun = found.fell?.reason === "no_address" ? 1 : 0;
  const attempts = found.gen - 1 + found.try - unbegun;
  const told = found.tries.findLast(({ reason }) => reason !== "none" && reason === found.reason);
  const { code, words } = told ?? { code: "", words: "" };
  return {
    ...toMessageRow({ ...found, attempts, code, words }, show),
    dueAt: found.dueAt === null ? null : iso(found.dueAt),
    providerId: found.providerId,
    sends: Array.from({ length: found.sends }, (_, index) => {
      const generation = index + 1 + unbegun;
      const channel = channelOf(found, generation);
      return { generation, channel, key: keyOf(generation), heard: heardOf(found, generation) };
    }),
    marks: found.marks.map(({ mark, at }) => ({ mark, at: iso(at) })),
  };
}

function channelOf({ fell, own }: MessageHistory, generation: number): Channel {
  return fell !== null && generation >= fell.gen ? fallbackChannel : own;
}

function heardOf({ tries }: MessageHistory, generation: number) {
  return tries
    .filter(({ gen }) => gen === generation)
    .map(({ at, reason, state, code, words, try: number }) => ({
      try: number,
      at: iso(at),
      state,
      reason,
      reasonText: reasonText(reason),
      code,
      words,
    }));
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
