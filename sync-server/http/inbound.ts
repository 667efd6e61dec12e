/** Where providers hand over what people wrote back. Answered only when it is durable. */
import { id } from "#protocol/value.ts";
import type { FastifyInstance } from "fastify";
import * as v from "valibot";
import type { Recount } from "../commands/recount.ts";
import type { Accounts } from "../delivery/accounts.ts";
import type { Engine } from "../delivery/engine.ts";
import {
  callbackTypes,
  callOf,
  detailOf,
  maxCallbackBytes,
  takeRaw,
  withAddress,
} from "./callback.ts";
import { HttpProblem } from "./problem.ts";
import { route } from "./route.ts";

export interface InboundDeps {
  readonly accounts: Pick<Accounts, "callbacksOf">;
  readonly engine: Pick<Engine, "listen">;
  readonly recount: Pick<Recount, "contactsChanged">;
}

/** In a plugin of its own, as signatures are over the body as it came. */
export function registerInbound(app: FastifyInstance, deps: InboundDeps): void {
  void app.register(async (inner) => {
    takeRaw(inner);
    route(inner, {
      method: "POST",
      url: "/api/v1/inbound/:accountId",
      summary: "A provider hands over replies and complaints; STOP and its like unsubscribe",
      permission: "anyone",
      params: v.object({ accountId: id }),
      body: v.string(),
      contentTypes: callbackTypes,
      bodyLimit: maxCallbackBytes,
      answers: { 200: v.object({ received: v.number(), understood: v.number() }) },
      handle: async ({ params: { accountId }, body, raw }) => {
        const known = await deps.accounts.callbacksOf(accountId);
        const channel = known?.channel;
        if (!known?.readReplies || (channel !== "email" && channel !== "sms")) {
          throw new HttpProblem("not_found");
        }
        const read = known.readReplies(callOf(body, raw));
        if (!read.ok && read.error.type === "unsigned") {
          const words = "Replies need an account with a secret, and its signature.";
          throw new HttpProblem("unauthenticated", words);
        }
        if (!read.ok) throw new HttpProblem("malformed", detailOf(read.error));
        const replies = read.value.map((reply) => withAddress(reply, channel));
        const { workspace } = known;
        const understood = await deps.engine.listen({ workspace, accountId, channel }, replies);
        if (understood > 0) deps.recount.contactsChanged(workspace);
        return { received: replies.length, understood };
      },
    });
  });
}
