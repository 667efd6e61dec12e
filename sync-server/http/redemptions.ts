/** `POST /api/v1/code-pools/:id/redemptions`: somebody uses a code. Answered when it is durable. */
import { callerGuesses, poolGuesses } from "#domain/codes/pattern.ts";
import { refusalSentences } from "#domain/codes/use.ts";
import type { Id } from "#domain/core/id.ts";
import { redemptionAnswer, redemptionCreate } from "#protocol/rest/codes.ts";
import { id as idSchema } from "#protocol/value.ts";
import type { FastifyInstance } from "fastify";
import * as v from "valibot";
import { createAttempts } from "../access/attempts.ts";
import type { Engine } from "../delivery/engine.ts";
import type { Redeemer, RedeemAnswer } from "../store/code-store.ts";
import type { Store } from "../store/store.ts";
import { contactOf, noContact, toFate } from "./events.ts";
import { HttpProblem } from "./problem.ts";
import { route } from "./route.ts";

export interface RedemptionDeps {
  readonly store: Pick<Store, "codes">;
  readonly engine: Pick<Engine, "wake">;
  readonly clock: () => number;
}

export function registerRedemptions(app: FastifyInstance, deps: RedemptionDeps): void {
  const { store, engine, clock } = deps;
  const guesses = createGuesses(clock);
  route(app, {
    method: "POST",
    url: "/api/v1/code-pools/:id/redemptions",
    summary: "Redeem a code: once for each key, as often as its pool allows",
    permission: "code.redeem",
    params: v.strictObject({ id: idSchema }),
    body: redemptionCreate,
    answers: { 200: redemptionAnswer },
    handle: async ({ caller: { workspace, user }, params: { id: poolId }, body }) => {
      const { code, key, contact, properties } = body;
      guesses.check(user, poolId);
      const now = clock();
      const at = body.at === undefined ? now : Math.min(now, Date.parse(body.at));
      const by: Redeemer = contact === undefined ? "message" : contactOf(contact);
      const facts = { workspace, poolId, code, key, by, user, at, properties, now };
      const done = await store.codes.redeem(facts);
      if (done.outcome === "unknown") guesses.wrong(user, poolId);
      const { outcome, ...redemption } = settled(done);
      if (outcome === "redeemed") engine.wake();
      return { state: outcome, ...redemption, ...toFate(redemption) };
    },
  });
}

type Settled = Extract<RedeemAnswer, { readonly outcome: "redeemed" | "repeated" }>;

function settled(done: RedeemAnswer): Settled {
  switch (done.outcome) {
    case "redeemed":
    case "repeated":
      return done;
    case "no_pool":
      throw new HttpProblem("not_found");
    case "unknown":
      throw new HttpProblem("code_unknown", undefined, "code");
    case "not_active_yet":
    case "expired":
    case "disabled":
      throw new HttpProblem("code_closed", `${refusalSentences[done.outcome]}.`, "code");
    case "key_rolled_back":
      throw new HttpProblem("invalid", `${refusalSentences.key_rolled_back}.`, "key");
    case "used_up":
      throw new HttpProblem(
        "code_used_up",
        `It was redeemed ${done.redemptions === 1 ? "once" : `${done.redemptions} times`}, as often as it may be.`,
        "code",
      );
    case "nobody":
    case "several":
      throw new HttpProblem("invalid", noContact[done.outcome], "contact");
  }
}

/**
 * Slows down who guesses: wrong codes cost, right ones do not. Nothing is taken from a caller or
 * for a pool that guessed too much, also no right code, as that would tell which one it is.
 */
function createGuesses(clock: () => number) {
  const ofCaller = createAttempts({ clock, ...callerGuesses });
  const ofPool = createAttempts({ clock, ...poolGuesses });
  return {
    check: (user: Id, pool: Id): void => {
      const seconds = Math.max(ofCaller.wait([user]) ?? 0, ofPool.wait([pool]) ?? 0);
      if (seconds === 0) return;
      throw new HttpProblem(
        "too_many_requests",
        `Too many wrong codes: try again in ${seconds} seconds.`,
        undefined,
        { "retry-after": String(seconds) },
      );
    },
    wrong: (user: Id, pool: Id): void => {
      ofCaller.take([user]);
      ofPool.take([pool]);
    },
  };
}
