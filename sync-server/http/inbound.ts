/** Where providers hand over what people wrote back. Answered only when it is durable. */
import { addressKindOf } from "#domain/campaign/channel.ts";
import { parseEmail } from "#domain/audience/email.ts";
import { id } from "#protocol/value.ts";
import type { FastifyInstance } from "fastify";
import * as v from "valibot";
import type { Recount } from "../commands/recount.ts";
import type { Accounts } from "../delivery/accounts.ts";
import type { Engine } from "../delivery/engine.ts";
import { readWebhookReplies } from "../receipts/webhook-replies.ts";
import { parsePhone } from "./import/phone.ts";
import { HttpProblem } from "./problem.ts";
import { route } from "./route.ts";

export interface InboundDeps {
  readonly accounts: Pick<Accounts, "secretsOf">;
  readonly engine: Pick<Engine, "listen">;
  readonly recount: Pick<Recount, "contactsChanged">;
  readonly clock: () => number;
}

/** What a person wrote back, as the engine takes it. */
type Reply = Parameters<Engine["listen"]>[1][number];

const maxBytes = 256 * 1024;

/** In a plugin of its own, as signatures are over the body as it came. */
export function registerInbound(app: FastifyInstance, deps: InboundDeps): void {
  void app.register(async (inner) => {
    inner.removeContentTypeParser("application/json");
    inner.addContentTypeParser(
      "application/json",
      { parseAs: "string" },
      async (_request: unknown, body: string | Buffer) => body.toString(),
    );
    route(inner, {
      method: "POST",
      url: "/api/v1/inbound/:accountId",
      summary: "A provider hands over replies and complaints; STOP and its like unsubscribe",
      permission: "anyone",
      params: v.object({ accountId: id }),
      body: v.string(),
      bodyLimit: maxBytes,
      answers: { 200: v.object({ received: v.number(), understood: v.number() }) },
      handle: async ({ params: { accountId }, body, raw }) => {
        const known = await deps.accounts.secretsOf(accountId);
        const channel = known?.channel;
        if (known?.provider !== "webhook" || (channel !== "email" && channel !== "sms")) {
          throw new HttpProblem("not_found");
        }
        const signature = raw.headers["fieldcast-signature"];
        const given = typeof signature === "string" ? signature : undefined;
        const request = { body, signature: given, now: deps.clock() };
        const read = readWebhookReplies(request, known.settings);
        if (!read.ok && read.error.type === "unsigned") {
          const words = "Replies need an account with a secret, and its signature.";
          throw new HttpProblem("unauthenticated", words);
        }
        if (!read.ok) throw new HttpProblem("malformed", detailOf(read.error));
        const replies = read.value.map((reply) => withAddress(reply, addressKindOf[channel]));
        const { workspace } = known;
        const understood = await deps.engine.listen({ workspace, accountId, channel }, replies);
        if (understood > 0) deps.recount.contactsChanged(workspace);
        return { received: replies.length, understood };
      },
    });
  });
}

/** As addresses are kept. */
function withAddress(reply: Reply, kind: "email" | "phone"): Reply {
  const from = kind === "email" ? parseEmail(reply.from) : parsePhone(reply.from, "");
  if (from === null) {
    const words = kind === "email" ? "an e-mail address" : "a phone number that begins with +";
    throw new HttpProblem("malformed", `from: must be ${words}`);
  }
  return { ...reply, from };
}

function detailOf(refusal: { readonly type: string; readonly detail?: string }): string {
  return refusal.detail ?? refusal.type;
}
