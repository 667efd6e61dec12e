/** Where providers report what became of messages. Answered only when it is durable. */
import { id } from "#protocol/value.ts";
import type { FastifyInstance } from "fastify";
import * as v from "valibot";
import type { Accounts } from "../delivery/accounts.ts";
import type { Engine } from "../delivery/engine.ts";
import { readWebhookReceipts } from "../receipts/webhook.ts";
import { HttpProblem } from "./problem.ts";
import { route } from "./route.ts";

export interface ReceiptRoutesDeps {
  readonly accounts: Pick<Accounts, "secretsOf">;
  readonly engine: Pick<Engine, "receive">;
  readonly clock: () => number;
}

const maxBytes = 256 * 1024;

/** In a plugin of its own, as signatures are over the body as it came. */
export function registerReceipts(app: FastifyInstance, deps: ReceiptRoutesDeps): void {
  void app.register(async (inner) => {
    inner.removeContentTypeParser("application/json");
    inner.addContentTypeParser(
      "application/json",
      { parseAs: "string" },
      async (_request: unknown, body: string | Buffer) => body.toString(),
    );
    route(inner, {
      method: "POST",
      url: "/api/v1/receipts/:accountId",
      summary: "A provider reports what became of messages",
      permission: "anyone",
      params: v.object({ accountId: id }),
      body: v.string(),
      bodyLimit: maxBytes,
      answers: { 200: v.object({ received: v.number(), applied: v.number() }) },
      handle: async ({ params: { accountId }, body, raw }) => {
        const known = await deps.accounts.secretsOf(accountId);
        if (known?.provider !== "webhook") throw new HttpProblem("not_found");
        const signature = raw.headers["fieldcast-signature"];
        const read = readWebhookReceipts(
          {
            body,
            signature: typeof signature === "string" ? signature : undefined,
            now: deps.clock(),
          },
          known.settings,
        );
        if (!read.ok && read.error.type === "unsigned") {
          throw new HttpProblem("unauthenticated", "The signature is missing or wrong.");
        }
        if (!read.ok) throw new HttpProblem("malformed", detailOf(read.error));
        const { workspace } = known;
        const applied = await deps.engine.receive({ workspace, accountId }, read.value);
        return { received: read.value.length, applied };
      },
    });
  });
}

function detailOf(refusal: { readonly type: string; readonly detail?: string }): string {
  return refusal.detail ?? refusal.type;
}
