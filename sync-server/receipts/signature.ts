/**
 * The signature over what we send to a webhook and what it tells us:
 * `fieldcast-signature: t=<seconds>,v1=<hex>`, where the hex is HMAC-SHA256 over `<seconds>.<body>`.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { minuteMs, secondMs, type Instant } from "#domain/core/time.ts";

export const signatureHeader = "fieldcast-signature";

/** A signature older than this may be a repeat of a caught one. */
const signatureLifeMs = 5 * minuteMs;

/** The signature of a body at a moment, as it stands in the header. */
export function sign(secret: string, body: string | Uint8Array, seconds: number): string {
  const hex = createHmac("sha256", secret).update(`${seconds}.`).update(body).digest("hex");
  return `t=${seconds},v1=${hex}`;
}

export interface SignedRequest {
  readonly body: string | Uint8Array;
  readonly signature: string | undefined;
  readonly now: Instant;
}

/** Whether the body came from who has the secret, and not long ago. */
export function isSigned({ body, signature, now }: SignedRequest, secret: string): boolean {
  const match = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(signature ?? "");
  const [, seconds = "", hex = ""] = match ?? [];
  if (match === null || Math.abs(now - Number(seconds) * secondMs) > signatureLifeMs) return false;
  const right = createHmac("sha256", secret).update(`${seconds}.`).update(body).digest();
  return timingSafeEqual(right, Buffer.from(hex, "hex"));
}
