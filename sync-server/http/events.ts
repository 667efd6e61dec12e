/** `POST /api/v1/events`: what happens for contacts elsewhere. Answered when it is durable. */
import { parseEmail } from "#domain/audience/email.ts";
import type { Id } from "#domain/core/id.ts";
import { eventAnswer, eventCreate } from "#protocol/rest/event.ts";
import type { Occurred } from "#domain/campaign/trigger.ts";
import type { FastifyInstance } from "fastify";
import type * as v from "valibot";
import type { Engine } from "../delivery/engine.ts";
import type { Happening } from "../store/live-store.ts";
import type { Store } from "../store/store.ts";
import { parsePhone } from "./import/phone.ts";
import { HttpProblem } from "./problem.ts";
import { route } from "./route.ts";

export interface EventDeps {
  readonly store: Pick<Store, "delivery">;
  readonly engine: Pick<Engine, "wake">;
  readonly clock: () => number;
}

export function registerEvents(app: FastifyInstance, { store, engine, clock }: EventDeps): void {
  route(app, {
    method: "POST",
    url: "/api/v1/events",
    summary:
      "Something happened for a contact: brings it into the live campaigns that wait for it, unless it is told more than six hours after its message was due",
    permission: "contact.edit",
    body: eventCreate,
    answers: { 202: eventAnswer },
    handle: async ({ caller: { workspace }, body }) => {
      const { id, properties } = body;
      const now = clock();
      const at = body.at === undefined ? now : Date.parse(body.at);
      const what = whatOf(body);
      const happening = { id, what, contact: contactOf(body.contact), at, properties };
      const { outcome, entered, tooLate } = await store.delivery.happen({
        workspace,
        happening,
        now,
      });
      if (outcome === "nobody" || outcome === "several") {
        throw new HttpProblem("invalid", noContact[outcome], "contact");
      }
      if (entered.length + (tooLate?.length ?? 0) > 0 && outcome === "taken") engine.wake();
      const state: "accepted" | "repeated" = outcome === "taken" ? "accepted" : "repeated";
      return { id, state, ...toFate({ entered, tooLate }) };
    },
  });
}

/** The campaigns that somebody entered, and those for which it was too late. */
export function toFate({
  entered,
  tooLate,
}: {
  readonly entered: readonly Id[];
  readonly tooLate?: readonly Id[] | undefined;
}): { entered: Id[]; tooLate?: Id[] } {
  return { entered: [...entered], ...(tooLate === undefined ? {} : { tooLate: [...tooLate] }) };
}

/** Why nothing was noted of somebody. */
export const noContact = {
  nobody: "There is no such contact; nothing was noted.",
  several: "Several contacts have this number: name one by id; nothing was noted.",
} as const;

function whatOf(body: v.InferOutput<typeof eventCreate>): Occurred {
  if (body.kind === "event") return { kind: "event", name: body.name };
  return { kind: "redeemed", code: body.code, campaignId: body.campaignId };
}

/** An address as contacts have it. */
export function contactOf(contact: Happening["contact"]): Happening["contact"] {
  if ("id" in contact) return contact;
  if ("phone" in contact) {
    const phone = parsePhone(contact.phone, "");
    if (phone !== null) return { phone };
    throw new HttpProblem(
      "invalid",
      "phone must be a number with its country, as +4915112345678.",
      "contact.phone",
    );
  }
  const email = parseEmail(contact.email);
  if (email === null)
    throw new HttpProblem("invalid", "email is no e-mail address.", "contact.email");
  return { email };
}
