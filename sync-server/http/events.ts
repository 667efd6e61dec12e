/** `POST /api/v1/events`: what happens for contacts elsewhere. Answered when it is durable. */
import { parseEmail } from "#domain/audience/email.ts";
import { eventAnswer, eventCreate } from "#protocol/rest/event.ts";
import type { FastifyInstance } from "fastify";
import type { Engine } from "../delivery/engine.ts";
import type { Happening } from "../store/delivery-store.ts";
import type { Store } from "../store/store.ts";
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
    summary: "Something happened for a contact: brings it into the live campaigns that wait for it",
    permission: "contact.edit",
    body: eventCreate,
    answers: { 202: eventAnswer },
    handle: async ({ caller: { workspace }, body }) => {
      const { id, name, properties } = body;
      const now = clock();
      const at = body.at === undefined ? now : Date.parse(body.at);
      const happening = { id, name, contact: contactOf(body.contact), at, properties };
      const { outcome, entered } = await store.delivery.happen({ workspace, happening, now });
      if (outcome === "nobody") {
        throw new HttpProblem("invalid", "There is no such contact; nothing was noted.", "contact");
      }
      if (entered.length > 0 && outcome === "taken") engine.wake();
      const state: "accepted" | "repeated" = outcome === "taken" ? "accepted" : "repeated";
      return { id, state, entered: [...entered] };
    },
  });
}

/** An address as contacts have it. */
function contactOf(contact: Happening["contact"]): Happening["contact"] {
  if ("id" in contact) return contact;
  const email = parseEmail(contact.email);
  if (email === null)
    throw new HttpProblem("invalid", "email is no e-mail address.", "contact.email");
  return { email };
}
