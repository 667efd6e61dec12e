/** Calls of providers: taken as they came, for the provider to read and to check. */
import { addressKindOf } from "#domain/campaign/channel.ts";
import { parseEmail } from "#domain/audience/email.ts";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Call } from "../delivery/callbacks.ts";
import type { Engine } from "../delivery/engine.ts";
import { parsePhone } from "./import/phone.ts";
import { HttpProblem } from "./problem.ts";

/** What a person wrote back, as the engine takes it. */
export type Reply = Parameters<Engine["listen"]>[1][number];

export const maxCallbackBytes = 256 * 1024;

/** What providers post; it is not parsed, as signatures are over the body as it came. */
export const callbackTypes: readonly string[] = [
  "application/json",
  "application/x-www-form-urlencoded",
  "application/xml",
  "text/xml",
  "text/plain",
];

/** On a plugin of its own: everywhere else JSON is parsed. */
export function takeRaw(inner: FastifyInstance): void {
  inner.removeAllContentTypeParsers();
  inner.addContentTypeParser(
    [...callbackTypes],
    { parseAs: "string" },
    async (_: unknown, body: string | Buffer) => body.toString(),
  );
}

export function callOf(body: string, { url, headers }: FastifyRequest): Call {
  return { path: url, headers, body };
}

/** With addresses as they are kept; "" stays, as it is the one of the message that was answered. */
export function withAddress(reply: Reply, channel: "email" | "sms"): Reply {
  if (reply.from === "") return reply;
  const isMail = addressKindOf[channel] === "email";
  const from = isMail ? parseEmail(reply.from) : parsePhone(reply.from, "");
  if (from === null) {
    const words = isMail ? "an e-mail address" : "a phone number that begins with +";
    throw new HttpProblem("malformed", `from: must be ${words}`);
  }
  return { ...reply, from };
}

export function detailOf(refusal: { readonly type: string; readonly detail?: string }): string {
  return refusal.detail ?? refusal.type;
}
