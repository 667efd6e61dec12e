/**
 * Hands each message to a URL of the workspace's own: POST of JSON `{key, to, channel, content,
 * headers, callbackUrl}`. The key is also the Idempotency-Key, and who hears a key again must act
 * once, unless the account says that its receiver does not look at keys.
 * With a secret the body is signed: `fieldcast-signature: t=<seconds>,v1=<hex>`, where the hex
 * is HMAC-SHA256 over `<seconds>.<body>`; receipts are signed in the same way.
 */
import { err, ok } from "#domain/core/result.ts";
import { hourMs, secondMs } from "#domain/core/time.ts";
import * as v from "valibot";
import { Pool } from "undici";
import { callHttp, secondsText, type HttpAnswer } from "../http-call.ts";
import type { Carrier, CarrierDeps, Outcome, Outgoing, Provider } from "../provider.ts";
import { parseSettings, someText } from "../settings.ts";
import { readWebhookReplies } from "../../receipts/webhook-replies.ts";
import { readWebhookReceipts, signedPart } from "../../receipts/webhook.ts";
import { sign, signatureHeader } from "../../receipts/signature.ts";
import { checkTarget, createLookup, isWebAddress } from "../targets.ts";

const schema = v.strictObject({
  url: v.pipe(
    someText,
    v.check(isWebAddress, "must be a URL that begins with https:// or http://"),
    v.check((text) => checkTarget(text, true).ok, "must not hold a user or password"),
  ),
  secret: v.optional(v.pipe(v.string(), v.maxLength(1_000)), ""),
  /** The receiver may act twice on one key: see `ignoresKeys` of domain/campaign/account.ts. */
  ignoresKeys: v.optional(v.boolean("must be true or false"), false),
});

type WebhookSettings = v.InferOutput<typeof schema>;

const timeoutMs = 10 * secondMs;

export const provider: Provider = {
  name: "webhook",
  title: "Webhook",
  hint: "Each message is posted to an address of yours.",
  channels: ["email", "sms"],
  fields: [
    {
      name: "url",
      label: "Address",
      kind: "text",
      default: "",
      hint: "Like https://example.org/send",
    },
    {
      name: "secret",
      label: "Secret",
      kind: "secret",
      default: "",
      optional: true,
      hint: "Signs each request, so that the receiver can trust it.",
    },
    {
      name: "ignoresKeys",
      label: "The receiver does not look at keys",
      kind: "switch",
      default: false,
      hint: "It would act twice on a repeated request. What is unknown then waits for a receipt.",
    },
  ],
  line: "{url}",
  // Who hears a key again must act once, however late: that is what we ask of a receiver.
  keyRetentionMs: Infinity,
  receipts: "push",
  receiptWindowMs: 24 * hourMs,
  resendScale: 1,
  // A path or a query of it often lets in whoever knows it.
  partly: { url: hostOnly },
  parse: (settings) => parseSettings(schema, settings),
  open: (settings, deps) => openWebhook(v.parse(schema, settings), deps),
  readReceipts: (request, settings) => readWebhookReceipts(signedPart(request), settings),
  readReplies: (request, settings) => readWebhookReplies(signedPart(request), settings),
};

/** `https://example.org/…`: where it leads, and not how to get in. */
function hostOnly(url: string): string {
  const { origin, pathname, search, hash } = new URL(url);
  return pathname === "/" && search === "" && hash === "" ? origin : `${origin}/…`;
}

function openWebhook(settings: WebhookSettings, deps: CarrierDeps): Carrier {
  const target = checkTarget(settings.url, deps.privateTargets);
  if (!target.ok) {
    const { detail } = target.error;
    return closedCarrier({ reason: "config_error", code: "target_not_allowed", words: detail });
  }
  const url = target.value;
  const pool = new Pool(url.origin, {
    connections: deps.concurrency,
    connect: { timeout: timeoutMs, lookup: createLookup(deps.privateTargets) },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  });
  return {
    send: (message) => send(pool, { url, settings, deps }, message),
    check: async () => {
      const outcome = await probe(pool, url);
      return outcome === null
        ? ok(`${url.host} answers. ${leftOpen(settings)}`)
        : err({ field: "url", detail: `${url.host} does not answer: ${outcome}` });
    },
    close: () => pool.close(),
  };
}

/**
 * What a look at the address does not prove. Nothing is posted to it: a receiver that takes a trial
 * for a message would write to somebody, twice where it does not look at keys.
 */
function leftOpen({ ignoresKeys, secret }: WebhookSettings): string {
  const signature = secret === "" ? "" : " and trusts the signature";
  const keys = ignoresKeys ? "" : ", nor that it acts once on a repeated Idempotency-Key";
  return `Nothing was posted, so this does not prove that it takes messages${signature}${keys}.`;
}

interface Target {
  readonly url: URL;
  readonly settings: WebhookSettings;
  readonly deps: CarrierDeps;
}

async function send(pool: Pool, target: Target, message: Outgoing): Promise<Outcome> {
  const { url, settings, deps } = target;
  const { key, to, channel, content, headers: mailHeaders } = message;
  const { callbackUrl } = deps;
  const body = JSON.stringify({ key, to, channel, content, headers: mailHeaders, callbackUrl });
  const headers: Record<string, string> = {
    "content-type": "application/json",
    "idempotency-key": key,
  };
  if (settings.secret !== "") {
    headers[signatureHeader] = sign(settings.secret, body, Math.floor(deps.clock() / secondMs));
  }
  try {
    const path = url.pathname + url.search;
    const answer = await callHttp(pool, { method: "POST", path, headers, body, timeoutMs });
    return toOutcome(answer, deps.clock());
  } catch (error) {
    return toTrouble(error);
  }
}

function toOutcome({ statusCode, headers, text: words, tookMs }: HttpAnswer, now: number): Outcome {
  const code = String(statusCode);
  if (statusCode >= 200 && statusCode < 300) {
    return { outcome: "accepted", state: "submitted", providerId: null };
  }
  if (statusCode === 429) {
    return {
      outcome: "later",
      reason: "rate_limited",
      afterMs: retryAfterMs(headers, now),
      code,
      words,
    };
  }
  if (statusCode >= 500) {
    const afterMs = retryAfterMs(headers, now);
    const told = `It answered ${code} after ${secondsText(tookMs)}`;
    const all = words === "" ? told : `${told}: ${words}`;
    return { outcome: "unknown", reason: "provider_error", afterMs, code, words: all };
  }
  // Redirects are not followed: they could lead anywhere.
  return { outcome: "refused", reason: reasonOfStatus(statusCode), code, words };
}

function reasonOfStatus(status: number) {
  if (status === 401 || status === 403) return "auth_failed";
  if (status === 402) return "payment_required";
  if (status === 404 || status === 410) return "unknown_recipient";
  if (status === 413) return "too_long";
  if (status === 400 || status === 422) return "content_rejected";
  return status < 400 ? "config_error" : "unknown";
}

/** Seconds, or a date (RFC 9110, 10.2.3); never more than an hour. */
function retryAfterMs(headers: HttpAnswer["headers"], now: number): number | null {
  const value = headers["retry-after"];
  if (typeof value !== "string") return null;
  if (/^\d{1,10}$/.test(value)) return Math.min(Number(value) * secondMs, hourMs);
  const at = /^[A-Za-z]{3,9},? /.test(value) ? Date.parse(value) : NaN;
  return Number.isNaN(at) ? null : Math.min(Math.max(0, at - now), hourMs);
}

/** Before the request was written nothing can have happened; after that, nobody knows. */
const notSent = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
  "CERT_HAS_EXPIRED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "ERR_TLS_CERT_ALTNAME_INVALID",
]);

function toTrouble(error: unknown): Outcome {
  const words = error instanceof Error ? error.message : String(error);
  const code = codeOf(error);
  if (words.endsWith("is a private address")) {
    return { outcome: "refused", reason: "config_error", code: "target_not_allowed", words };
  }
  if (notSent.has(code)) {
    return { outcome: "later", reason: "network_error", afterMs: null, code, words };
  }
  return { outcome: "unknown", reason: "provider_timeout", code, words };
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}

/** Whether the address can be reached at all: any answer will do. null: yes. */
async function probe(pool: Pool, url: URL): Promise<string | null> {
  try {
    await callHttp(pool, { method: "HEAD", path: url.pathname + url.search, timeoutMs });
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** For settings that were allowed when they were made and are not any more. */
function closedCarrier(trouble: {
  readonly reason: "config_error";
  readonly code: string;
  readonly words: string;
}): Carrier {
  return {
    send: async () => ({ outcome: "refused", ...trouble }),
    check: async () => err({ field: "url", detail: trouble.words, forbidden: true }),
    close: async () => undefined,
  };
}
