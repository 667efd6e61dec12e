/** Mails that came back: posted to us, and how reading an account's mailbox goes. */
import { bounceAnswer, bounceTaken } from "#protocol/rest/receipt.ts";
import { accountTest } from "#protocol/rest/account.ts";
import { id } from "#protocol/value.ts";
import type { FastifyInstance } from "fastify";
import * as v from "valibot";
import { maxMailBytes } from "../bounces/read-mail.ts";
import type { BounceReader } from "../bounces/reader.ts";
import type { Accounts } from "../delivery/accounts.ts";
import { isSigned } from "../receipts/signature.ts";
import type { BounceReading } from "../store/bounce-store.ts";
import { HttpProblem } from "./problem.ts";
import { route } from "./route.ts";

export interface BounceRoutesDeps {
  readonly bounces: BounceReader;
  readonly accounts: Pick<Accounts, "find" | "secretsOf">;
  /** By which the command line of this machine signs for an account. */
  readonly bounceSecretOf: (accountId: string) => string;
  readonly clock: () => number;
}

const mailType = "message/rfc822";
const oneParams = v.object({ id });

export function registerBounces(app: FastifyInstance, deps: BounceRoutesDeps): void {
  registerReading(app, deps);
  void app.register(async (inner) => {
    inner.addContentTypeParser(
      mailType,
      { parseAs: "buffer" },
      async (_: unknown, body: Buffer) => body,
    );
    route(inner, {
      method: "POST",
      url: "/api/v1/receipts/:accountId/mail",
      summary: "A mail that came back to the bounce address of an account, as it is",
      permission: "anyone",
      params: v.object({ accountId: id }),
      body: v.instance(Buffer),
      contentTypes: [mailType],
      bodyLimit: maxMailBytes,
      answers: { 200: bounceTaken },
      handle: async ({ params: { accountId }, body, raw }) => {
        const known = await deps.accounts.secretsOf(accountId);
        if (known?.provider !== "smtp") throw new HttpProblem("not_found");
        const given = raw.headers["fieldcast-signature"];
        const signature = typeof given === "string" ? given : undefined;
        const own = known.settings["bounceSecret"];
        const hasOwn = typeof own === "string" && own !== "";
        const secrets = [deps.bounceSecretOf(accountId), ...(hasOwn ? [own] : [])];
        const request = { body, signature, now: deps.clock() };
        if (!secrets.some((secret) => isSigned(request, secret))) {
          throw new HttpProblem("unauthenticated", "The signature is missing or wrong.");
        }
        return { kind: await deps.bounces.take(known.workspace, accountId, body) };
      },
    });
  });
}

function registerReading(app: FastifyInstance, { bounces, accounts }: BounceRoutesDeps): void {
  const url = "/api/v1/accounts/:id/bounces";
  const answerOf = async (workspace: string, accountId: string) => {
    if ((await accounts.find(workspace, accountId)) === null) throw new HttpProblem("not_found");
    return toAnswer(await bounces.reading(workspace, accountId));
  };
  route(app, {
    method: "GET",
    url,
    summary: "How reading the mails that came back to an account goes, and what they were",
    permission: "account.read",
    params: oneParams,
    answers: { 200: bounceAnswer },
    handle: ({ caller: { workspace }, params }) => answerOf(workspace, params.id),
  });
  route(app, {
    method: "POST",
    url: `${url}/read`,
    summary: "Read what came back now; it is done every minute anyway",
    permission: "account.edit",
    params: oneParams,
    answers: { 200: bounceAnswer },
    handle: async ({ caller: { workspace }, params }) => {
      await answerOf(workspace, params.id);
      await bounces.readAll();
      return answerOf(workspace, params.id);
    },
  });
  route(app, {
    method: "POST",
    url: `${url}/test`,
    summary: "Try to open the mailbox of an account without reading anything",
    permission: "account.edit",
    params: oneParams,
    answers: { 200: accountTest },
    handle: async ({ caller: { workspace }, params }) => {
      await answerOf(workspace, params.id);
      const tried = await bounces.test(params.id);
      return tried.ok ? { ok: true, detail: tried.value } : { ok: false, detail: tried.error };
    },
  });
}

function toAnswer(reading: BounceReading | null): v.InferOutput<typeof bounceAnswer> {
  if (reading === null) return { readAt: null, okAt: null, problem: null, counts: {} };
  const { readAt, okAt, problem, counts } = reading;
  return {
    readAt: new Date(readAt).toISOString(),
    okAt: okAt === null ? null : new Date(okAt).toISOString(),
    problem,
    counts: { ...counts },
  };
}
