/** What people agree to at the stand, and the consents that a person has to look at first. */
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import { currentConsentText, type ConsentText } from "#domain/audience/consent-text.ts";
import {
  type consentReviewAnswer,
  consentReviewDecide,
  consentReviewDecided,
  consentReviewList,
  consentTextAnswer,
  consentTextCreate,
  consentTextPage,
} from "#protocol/rest/consents.ts";
import { listQuery } from "#protocol/rest/page.ts";
import { id } from "#protocol/value.ts";
import type { FastifyInstance } from "fastify";
import * as v from "valibot";
import type { Recount } from "../commands/recount.ts";
import type { ConsentReview } from "../store/sign-up-store.ts";
import type { Store } from "../store/store.ts";
import { pageOf } from "./paging.ts";
import { HttpProblem } from "./problem.ts";
import { route } from "./route.ts";

export interface ConsentRouteDeps {
  readonly store: Pick<Store, "signUps" | "sync">;
  readonly clock: () => Instant;
  readonly newId: () => Id;
  readonly recount: Pick<Recount, "contactsChanged">;
}

const textsUrl = "/api/v1/consent-texts";
const reviewsUrl = "/api/v1/consent-reviews";

export function registerConsents(app: FastifyInstance, deps: ConsentRouteDeps): void {
  registerTexts(app, deps);
  registerReviews(app, deps);
}

function registerTexts(app: FastifyInstance, { store, clock, newId }: ConsentRouteDeps): void {
  route(app, {
    method: "GET",
    url: textsUrl,
    summary:
      "The words that people agree to at the stand, with every earlier version, newest first",
    permission: "contact.read",
    query: listQuery,
    answers: { 200: consentTextPage },
    handle: async ({ caller: { workspace }, query }) => {
      const all = await store.sync.list({ workspace, kind: "consentText" });
      const { items, next } = pageOf(all, query, (each) => [-each.createdAt, each.id]);
      return { items: items.map(toText), next };
    },
  });
  route(app, {
    method: "POST",
    url: textsUrl,
    summary:
      "Publish the next version of what people agree to; who agreed before keeps their words",
    permission: "suppression.edit",
    body: consentTextCreate,
    answers: { 201: consentTextAnswer },
    handle: async ({ caller: { workspace, user: by }, body }) => {
      const known = await store.sync.list({ workspace, kind: "consentText" });
      if (currentConsentText(known, body.channel)?.text === body.text) {
        throw new HttpProblem("invalid", "These are the words that are shown now.", "text");
      }
      const args = { workspace, id: newId(), by, now: clock(), ...body };
      return toText(await store.signUps.publishText(args));
    },
  });
}

function registerReviews(app: FastifyInstance, deps: ConsentRouteDeps): void {
  const { store, clock, recount } = deps;
  route(app, {
    method: "GET",
    url: reviewsUrl,
    summary: "Consents from the stand that do not count until a person looked, oldest first",
    permission: "suppression.edit",
    answers: { 200: consentReviewList },
    handle: async ({ caller: { workspace } }) => {
      const reviews = await store.signUps.reviews({ workspace });
      return { items: reviews.map(toReview) };
    },
  });
  route(app, {
    method: "POST",
    url: `${reviewsUrl}/:id`,
    summary: "Let a consent from the stand count, or decline it",
    permission: "suppression.edit",
    params: v.strictObject({ id }),
    body: consentReviewDecide,
    answers: { 200: consentReviewDecided },
    handle: async ({ caller: { workspace, user: by }, params, body }) => {
      const args = { workspace, id: params.id, by, now: clock(), ...body };
      const done = await store.signUps.decideReview(args);
      if (done === "gone") throw new HttpProblem("not_found");
      recount.contactsChanged(workspace);
      return { state: body.accept && done === "done" ? "accepted" : "declined" };
    },
  });
}

function toText({
  id: textId,
  channel,
  version,
  text,
  createdAt,
  by,
}: ConsentText): v.InferOutput<typeof consentTextAnswer> {
  return { id: textId, channel, version, text, createdAt: toTime(createdAt), by };
}

function toReview({
  evidence,
  ...whose
}: ConsentReview): v.InferOutput<typeof consentReviewAnswer> {
  const { channel, at, wall, heardAt, source, words, textVersion, how, signature, by } = evidence;
  return {
    ...whose,
    id: evidence.id,
    channel,
    // Whatever waits has a cause.
    why: evidence.why ?? "clock",
    at: toTime(at),
    wall: toTime(wall),
    heardAt: toTime(heardAt),
    source,
    words,
    textVersion,
    how,
    signature,
    by,
  };
}

function toTime(at: Instant): string {
  return new Date(at).toISOString();
}
