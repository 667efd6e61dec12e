/**
 * Receipts of the webhook provider: POST of JSON `{key, state, at?, reason?, code?, words?}` or
 * `{receipts: [...]}` to the account's callback URL, signed with the account's secret in the
 * same header and way as our own calls. Without a secret they are not signed, and the key, which
 * nobody can guess, is what vouches for them.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { minuteMs, secondMs, type Instant } from "#domain/core/time.ts";
import { err, ok, type Result } from "#domain/core/result.ts";
import { reasons } from "#domain/message/reason.ts";
import * as v from "valibot";
import type { Receipt, Settings } from "../providers/provider.ts";

/** A signature older than this may be a repeat of a caught one. */
const signatureLifeMs = 5 * minuteMs;
const maxReceipts = 1_000;

const receipt = v.object({
  key: v.pipe(v.string(), v.maxLength(100)),
  state: v.picklist(["sent", "delivered", "read", "failed", "undelivered"]),
  at: v.optional(v.pipe(v.string(), v.isoTimestamp())),
  reason: v.optional(v.picklist(reasons)),
  code: v.optional(v.pipe(v.string(), v.maxLength(100)), ""),
  words: v.optional(v.pipe(v.string(), v.maxLength(500)), ""),
});

const body = v.union([
  v.object({ receipts: v.pipe(v.array(receipt), v.maxLength(maxReceipts)) }),
  receipt,
]);

export interface ReceiptRequest {
  readonly body: string;
  readonly signature: string | undefined;
  readonly now: Instant;
}

export type ReceiptRefusal =
  { readonly type: "unsigned" } | { readonly type: "malformed"; readonly detail: string };

export function readWebhookReceipts(
  request: ReceiptRequest,
  settings: Settings,
): Result<readonly Receipt[], ReceiptRefusal> {
  const secret = settings["secret"];
  if (typeof secret === "string" && secret !== "" && !isSigned(request, secret)) {
    return err({ type: "unsigned" });
  }
  const parsed = v.safeParse(body, parseJson(request.body));
  if (!parsed.success) {
    const [issue] = parsed.issues;
    return err({ type: "malformed", detail: `${v.getDotPath(issue) ?? "body"}: ${issue.message}` });
  }
  const list = "receipts" in parsed.output ? parsed.output.receipts : [parsed.output];
  return ok(list.map((each) => toReceipt(each, request.now)));
}

/** Whether the body came from who has the secret, and not long ago. */
export function isSigned({ body: text, signature, now }: ReceiptRequest, secret: string): boolean {
  const match = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(signature ?? "");
  const [, seconds = "", hex = ""] = match ?? [];
  if (match === null || Math.abs(now - Number(seconds) * secondMs) > signatureLifeMs) return false;
  const right = createHmac("sha256", secret).update(`${seconds}.${text}`).digest();
  return timingSafeEqual(right, Buffer.from(hex, "hex"));
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function toReceipt(each: v.InferOutput<typeof receipt>, now: Instant): Receipt {
  const { key, state, code, words } = each;
  const isBad = state === "failed" || state === "undelivered";
  const at = each.at === undefined ? now : Math.min(Date.parse(each.at), now);
  return { key, state, at, reason: isBad ? (each.reason ?? "unknown") : "none", code, words };
}
