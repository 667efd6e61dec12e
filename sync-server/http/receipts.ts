/** Where providers report what became of messages. Answered only when it is durable. */
import type { Id } from "#domain/core/id.ts";
import { listQuery } from "#protocol/rest/page.ts";
import { unmatchedChanged, unmatchedChoice, unmatchedList } from "#protocol/rest/receipt.ts";
import { id } from "#protocol/value.ts";
import type { FastifyInstance } from "fastify";
import * as v from "valibot";
import type { Recount } from "../commands/recount.ts";
import type { Accounts } from "../delivery/accounts.ts";
import type { Callbacks } from "../delivery/callbacks.ts";
import type { Engine } from "../delivery/engine.ts";
import { listUnread } from "../delivery/unmatched.ts";
import {
  callbackTypes,
  callOf,
  detailOf,
  maxCallbackBytes,
  takeRaw,
  withAddress,
  type Reply,
} from "./callback.ts";
import { pageOf } from "./paging.ts";
import { HttpProblem } from "./problem.ts";
import type { Store } from "../store/store.ts";
import type { UnmatchedReceipt } from "../store/unmatched-store.ts";
import { route } from "./route.ts";
import { sharing } from "./sharing.ts";

/** `kept`: so many are durable, and are merged later, as more come than can be merged at once. */
const receiptsTaken = v.object({
  received: v.number(),
  applied: v.number(),
  kept: v.exactOptional(v.number()),
});

export interface ReceiptRoutesDeps {
  readonly store: Pick<Store, "delivery">;
  readonly accounts: Pick<Accounts, "callbacksOf">;
  readonly engine: Pick<Engine, "receive" | "listen">;
  readonly recount: Pick<Recount, "contactsChanged">;
  readonly clock: () => number;
}

/** In a plugin of its own, as signatures are over the body as it came. */
export function registerReceipts(app: FastifyInstance, deps: ReceiptRoutesDeps): void {
  registerUnmatched(app, deps);
  const callbacksOf = sharing((accountId) => deps.accounts.callbacksOf(accountId));
  void app.register(async (inner) => {
    takeRaw(inner);
    route(inner, {
      method: "POST",
      url: "/api/v1/receipts/:accountId",
      summary: "A provider reports what became of messages",
      permission: "anyone",
      params: v.object({ accountId: id }),
      body: v.string(),
      contentTypes: callbackTypes,
      bodyLimit: maxCallbackBytes,
      answers: { 200: receiptsTaken },
      handle: async ({ params: { accountId }, body, raw }) => {
        const known = await callbacksOf(accountId);
        if (!known?.readReceipts) throw new HttpProblem("not_found");
        const read = known.readReceipts(callOf(body, raw));
        if (!read.ok && read.error.type === "unsigned") {
          throw new HttpProblem("unauthenticated", "The signature is missing or wrong.");
        }
        const { workspace } = known;
        if (!read.ok) {
          const said = detailOf(read.error);
          await keepMalformed(deps, { workspace, accountId, said });
          throw new HttpProblem("malformed", said);
        }
        const { receipts, replies, unknown, received } = read.value;
        const taken = await deps.engine.receive({ workspace, accountId }, receipts);
        if (taken.outcome === "full") throw tooMany();
        const heard = await hearReplies(deps, { ...known, accountId }, replies);
        await keepUnknown(deps, { workspace, accountId }, unknown);
        if (taken.outcome === "kept") return { received, applied: heard, kept: receipts.length };
        return { received, applied: taken.news + heard };
      },
    });
  });
}

/** Half a minute merges most of what waits. */
function tooMany(): HttpProblem {
  const words =
    "More receipts wait to be merged than there is room for; nothing of this was taken.";
  return new HttpProblem("unavailable", words, undefined, { "retry-after": "30" });
}

/** Answers how many were of messages of the account. */
async function hearReplies(
  { engine, recount }: ReceiptRoutesDeps,
  { workspace, channel, accountId }: Callbacks & { readonly accountId: Id },
  replies: readonly Reply[],
): Promise<number> {
  if (replies.length === 0 || (channel !== "email" && channel !== "sms")) return 0;
  const said = replies.map((reply) => withAddress(reply, channel));
  const heard = await engine.listen({ workspace, accountId, channel }, said);
  if (heard > 0) recount.contactsChanged(workspace);
  return heard;
}

async function keepUnknown(
  { store, clock }: ReceiptRoutesDeps,
  { workspace, accountId }: { readonly workspace: Id; readonly accountId: Id },
  unknown: readonly { readonly key: string; readonly said: string }[],
): Promise<void> {
  if (unknown.length === 0) return;
  await listUnread({ store }, { workspace, accountId }, unknown, clock());
}

/** At most so many are listed: they are bounded for each account. */
const listed = 1_000;

function registerUnmatched(app: FastifyInstance, { store, clock }: ReceiptRoutesDeps): void {
  route(app, {
    method: "GET",
    url: "/api/v1/receipts/unmatched",
    summary: "Receipts of providers that match no message, newest first",
    permission: "account.edit",
    query: listQuery,
    answers: { 200: unmatchedList },
    handle: async ({ caller: { workspace }, query }) => {
      const found = await store.delivery.unmatched({ workspace, limit: listed });
      const { items, next } = pageOf(found, query, (each) => [
        -each.lastAt,
        each.accountId,
        each.key,
        each.said,
      ]);
      const totals = await store.delivery.unmatchedCounts({ workspace });
      return { items: items.map(toUnmatchedItem), next, totals };
    },
  });
  route(app, {
    method: "POST",
    url: "/api/v1/receipts/unmatched/retry",
    summary: "Have receipts that were given up tried again for a quarter of an hour",
    permission: "account.edit",
    body: unmatchedChoice,
    answers: { 200: unmatchedChanged },
    handle: async ({ caller: { workspace }, body: { chosen } }) => {
      const args = { workspace, chosen, now: clock() };
      return { changed: await store.delivery.tryUnmatchedAgain(args) };
    },
  });
  route(app, {
    method: "POST",
    url: "/api/v1/receipts/unmatched/discard",
    summary: "Take receipts that match no message from the list; they stay counted",
    permission: "account.edit",
    body: unmatchedChoice,
    answers: { 200: unmatchedChanged },
    handle: async ({ caller: { workspace }, body: { chosen } }) => ({
      changed: await store.delivery.discardUnmatched({ workspace, chosen }),
    }),
  });
}

/** Its own words are what is wrong with it: of what it holds nothing is kept. */
async function keepMalformed(
  { store, clock }: ReceiptRoutesDeps,
  { workspace, accountId, said }: { workspace: Id; accountId: Id; said: string },
): Promise<void> {
  const receipt = { key: "", said: said.slice(0, 200), why: "malformed", words: "" } as const;
  const now = clock();
  const receipts = [{ ...receipt, receipt: null }];
  await store.delivery.keepUnmatched({ workspace, accountId, receipts, retryAt: now, now });
}

function toUnmatchedItem(each: UnmatchedReceipt): v.InferOutput<typeof unmatchedList>["items"][0] {
  const { accountId, key, said, why, words, n, firstAt, lastAt, retryAt, receipt } = each;
  return {
    accountId,
    key,
    said,
    why,
    words,
    n,
    firstAt: new Date(firstAt).toISOString(),
    lastAt: new Date(lastAt).toISOString(),
    retryAt: retryAt === null ? null : new Date(retryAt).toISOString(),
    body: receipt,
  };
}
