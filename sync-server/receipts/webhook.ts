/**
 * Receipts of the webhook provider: POST of JSON `{key, state, at?, reason?, code?, words?, carrier?}` or
 * `{receipts: [...]}` to the account's callback URL, signed with the account's secret in the
 * same header and way as our own calls. Without a secret they are not signed, and the key, which
 * nobody can guess, is what vouches for them. `state: "complained"` says that the recipient
 * reported the message. A state or reason that we do not know changes nothing and is listed for
 * the operator: providers add some without notice.
 */
import type { Instant } from "#domain/core/time.ts";
import { err, ok, type Result } from "#domain/core/result.ts";
import { reasons } from "#domain/message/reason.ts";
import { issueWords } from "#protocol/issue-words.ts";
import * as v from "valibot";
import type {
  CallbackRefusal,
  CallbackRequest,
  Heard,
  Receipt,
  Settings,
  UnknownValue,
} from "../providers/provider.ts";
import { isSigned, signatureHeader } from "./signature.ts";

const maxReceipts = 1_000;

const receipt = v.object({
  key: v.pipe(v.string(), v.maxLength(100)),
  state: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
  at: v.optional(v.pipe(v.string(), v.isoTimestamp())),
  reason: v.optional(v.pipe(v.string(), v.maxLength(100))),
  code: v.optional(v.pipe(v.string(), v.maxLength(100)), ""),
  words: v.optional(v.pipe(v.string(), v.maxLength(500)), ""),
  carrier: v.optional(v.pipe(v.string(), v.maxLength(100))),
});

const several = v.object({ receipts: v.pipe(v.array(receipt), v.maxLength(maxReceipts)) });

/** By what it has, so that what is wrong is told of what was meant. */
const body = v.lazy<typeof several | typeof receipt>((said) =>
  hasPart(said, "receipts") ? several : receipt,
);

/** Whether a body that nobody looked at yet has a part of this name. */
export function hasPart(said: unknown, name: string): boolean {
  return typeof said === "object" && said !== null && name in said;
}

/** What is wrong with a body: the first of it, with its place. */
export function malformed(issue: v.BaseIssue<unknown>): CallbackRefusal {
  return { type: "malformed", detail: `${v.getDotPath(issue) ?? "body"} ${issueWords(issue)}` };
}

/** What a call says, and the signature over it. */
export interface ReceiptRequest {
  readonly body: string;
  readonly signature: string | undefined;
  readonly now: Instant;
}

export function signedPart({ headers, body: said, now }: CallbackRequest): ReceiptRequest {
  const signature = headers[signatureHeader];
  return { body: said, signature: typeof signature === "string" ? signature : undefined, now };
}

export function readWebhookReceipts(
  request: ReceiptRequest,
  settings: Settings,
): Result<Heard, CallbackRefusal> {
  const secret = settings["secret"];
  if (typeof secret === "string" && secret !== "" && !isSigned(request, secret)) {
    return err({ type: "unsigned" });
  }
  const parsed = v.safeParse(body, parseJson(request.body));
  if (!parsed.success) {
    return err(malformed(parsed.issues[0]));
  }
  const list = "receipts" in parsed.output ? parsed.output.receipts : [parsed.output];
  const complaints = list.filter(({ state }) => state === "complained");
  return ok({
    receipts: list.flatMap((each) => toReceipt(each, request.now) ?? []),
    // Without an address: it is the one of the message that the key names.
    replies: complaints.map(({ key, at }) => {
      return { from: "", text: "", isComplaint: true, key, at: timeOf(at, request.now) };
    }),
    unknown: list.flatMap(unknownIn),
    received: list.length,
  });
}

const states = ["sent", "delivered", "read", "failed", "undelivered"] as const;

function unknownIn({ key, state, reason }: v.InferOutput<typeof receipt>): UnknownValue[] {
  const isState = state === "complained" || isOneOf(states, state);
  const isReason = reason === undefined || isOneOf(reasons, reason);
  return [
    ...(isState ? [] : [{ key, said: `state "${state}"` }]),
    ...(isReason ? [] : [{ key, said: `reason "${reason}"` }]),
  ];
}

function isOneOf(list: readonly string[], text: string): boolean {
  return list.some((each) => each === text);
}

function timeOf(at: string | undefined, now: Instant): Instant {
  const told = at === undefined ? Number.NaN : Date.parse(at);
  // A form that no clock here reads (an offset without minutes) says nothing of when.
  return Number.isNaN(told) ? now : Math.min(told, now);
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function toReceipt(each: v.InferOutput<typeof receipt>, now: Instant): Receipt | null {
  const { key, code, words, carrier } = each;
  const state = states.find((known) => known === each.state);
  if (state === undefined) return null;
  const isBad = state === "failed" || state === "undelivered";
  const reason = reasons.find((known) => known === each.reason) ?? "unknown";
  const said = {
    key,
    state,
    at: timeOf(each.at, now),
    reason: isBad ? reason : "none",
    code,
    words,
  };
  return carrier === undefined ? said : { ...said, carrier };
}
