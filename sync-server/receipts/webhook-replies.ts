/**
 * What people wrote back, from the webhook provider: POST of JSON `{from, text, key?, at?}`, or
 * `{from, event: "complaint", …}`, or `{messages: [...]}`, signed as receipts are. Without a
 * secret nothing is taken: an address is no secret, and anybody could unsubscribe anybody.
 */
import { err, ok, type Result } from "#domain/core/result.ts";
import { secondMs } from "#domain/core/time.ts";
import * as v from "valibot";
import type { CallbackRefusal, Reply, Settings } from "../providers/provider.ts";
import { isSigned } from "./signature.ts";
import { hasPart, malformed, parseJson, type ReceiptRequest } from "./webhook.ts";

const maxReplies = 1_000;

const reply = v.object({
  from: v.pipe(v.string(), v.maxLength(320)),
  text: v.optional(v.pipe(v.string(), v.maxLength(10_000)), ""),
  event: v.optional(v.picklist(["reply", "complaint"]), "reply"),
  /** The key of the message that is answered, where it is known. */
  key: v.optional(v.nullable(v.pipe(v.string(), v.maxLength(100))), null),
  at: v.optional(v.pipe(v.string(), v.isoTimestamp())),
});

const several = v.object({ messages: v.pipe(v.array(reply), v.maxLength(maxReplies)) });

const body = v.lazy<typeof several | typeof reply>((said) =>
  hasPart(said, "messages") ? several : reply,
);

export function readWebhookReplies(
  request: ReceiptRequest,
  settings: Settings,
): Result<readonly Reply[], CallbackRefusal> {
  const secret = settings["secret"];
  if (typeof secret !== "string" || secret === "" || !isSigned(request, secret)) {
    return err({ type: "unsigned" });
  }
  const parsed = v.safeParse(body, parseJson(request.body));
  if (!parsed.success) {
    return err(malformed(parsed.issues[0]));
  }
  const list = "messages" in parsed.output ? parsed.output.messages : [parsed.output];
  return ok(list.map((each) => toReply(each, request)));
}

/** Without a time of its own it was said when it was signed, so that a repeat says nothing new. */
function toReply(each: v.InferOutput<typeof reply>, { signature, now }: ReceiptRequest): Reply {
  const { from, text, event, key } = each;
  const signedAt = Number(/^t=(\d{1,12}),/.exec(signature ?? "")?.[1]) * secondMs;
  const told = each.at === undefined ? Number.NaN : Date.parse(each.at);
  const at = Math.min(Number.isNaN(told) ? signedAt : told, now);
  return { from, text, isComplaint: event === "complaint", key, at };
}
