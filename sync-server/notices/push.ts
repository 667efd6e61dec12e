/**
 * Notices as Web Push (RFC 8030, 8291, 8292) to devices that asked for them. The library encrypts
 * and signs; the call is ours, as the address comes from a browser: only public ones are called
 * where private ones must not be.
 */
import { createHash } from "node:crypto";
import { err, ok, type Result } from "#domain/core/result.ts";
import { dayMs, secondMs } from "#domain/core/time.ts";
import { noticeName, noticeWords } from "#domain/campaign/notice.ts";
import { Pool } from "undici";
import * as v from "valibot";
import { callHttp, type HttpAnswer } from "../providers/http-call.ts";
import type { SettingsProblem } from "../providers/provider.ts";
import type { Sealer } from "../providers/secrets.ts";
import { checkTarget, createLookup } from "../providers/targets.ts";
import type { Telling } from "../store/notice-store.ts";
import type { PushKeys } from "./push-keys.ts";
import type { Told, Way } from "./way.ts";

/** What a browser hands out: where to push to, and the keys that only it can open with. */
export interface Subscription {
  readonly endpoint: string;
  readonly keys: { readonly p256dh: string; readonly auth: string };
}

const subscription = v.object({
  endpoint: v.string(),
  keys: v.object({ p256dh: v.string(), auth: v.string() }),
});

export interface Devices {
  /** The name of a subscription among devices. */
  idOf(endpoint: string): string;
  /** Seals a subscription for storing; answers what is wrong with its address. */
  seal(made: Subscription): Result<string, SettingsProblem>;
}

export interface PushDeps {
  readonly keys: PushKeys;
  readonly sealer: Sealer;
  readonly publicUrl: string;
  readonly privateTargets: boolean;
}

const timeoutMs = 10 * secondMs;
/** A device that was off for longer reads it in the app. */
const keptSeconds = dayMs / secondMs;
const mostLetters = 120;

export function createDevices({
  sealer,
  privateTargets,
}: Pick<PushDeps, "sealer" | "privateTargets">): Devices {
  return {
    idOf,
    seal: ({ endpoint, keys }) => {
      const target = checkTarget(endpoint, privateTargets);
      if (!target.ok) return err({ ...target.error, field: "endpoint" });
      return ok(sealer.seal(JSON.stringify({ endpoint, keys }), idOf(endpoint)));
    },
  };
}

function idOf(endpoint: string): string {
  return createHash("sha256").update(endpoint).digest("base64url");
}

export function createPushWay(deps: PushDeps): Way {
  return {
    tell: async (telling) => {
      const { device } = telling;
      if (device === null) return gone("no device");
      try {
        const text = deps.sealer.unseal(device.sealed, device.id);
        return await push(deps, v.parse(subscription, JSON.parse(text)), telling);
      } catch (error) {
        // The library refuses keys that no browser makes; a seal of another secret cannot be opened.
        return gone(error instanceof Error ? error.message.slice(0, mostLetters) : "unreadable");
      }
    },
  };
}

async function push(
  { keys, privateTargets, publicUrl }: PushDeps,
  to: Subscription,
  telling: Telling,
): Promise<Told> {
  const target = checkTarget(to.endpoint, privateTargets);
  if (!target.ok) return gone(target.error.detail);
  const { default: library } = await import("web-push");
  const request = library.generateRequestDetails(
    { endpoint: to.endpoint, keys: { ...to.keys } },
    JSON.stringify(pushContent(telling, publicUrl)),
    {
      vapidDetails: { subject: subjectOf(publicUrl), ...(await keys.open()) },
      TTL: keptSeconds,
      urgency: "high",
      // What waits for the device is replaced, not added to.
      topic: telling.key,
      contentEncoding: "aes128gcm",
    },
  );
  const { origin, pathname, search } = target.value;
  const pool = new Pool(origin, {
    connections: 1,
    connect: { timeout: timeoutMs, lookup: createLookup(privateTargets) },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  });
  const path = pathname + search;
  try {
    return toTold(
      await callHttp(pool, {
        method: "POST",
        path,
        headers: request.headers,
        body: request.body,
        timeoutMs,
      }),
    );
  } catch {
    return { end: "later", afterMs: null, why: "network_error" };
  } finally {
    void pool.destroy();
  }
}

/** What the service worker shows; WebKit shows the same by itself (Declarative Web Push). */
export function pushContent(
  {
    campaigns,
    cause,
    count,
    key,
    said,
  }: Pick<Telling, "campaigns" | "cause" | "count" | "key" | "said">,
  publicUrl: string,
) {
  const names = campaigns.map(({ name }) => name);
  const { title, why, cure } = noticeWords(cause, names, { count, said });
  const [first] = campaigns;
  const navigate =
    count === 1 && first !== undefined
      ? `${publicUrl}/campaigns/${first.id}`
      : `${publicUrl}/${cause === "report" ? "reports" : "attention"}`;
  const which = count === 1 ? [] : [`${names.slice(0, 3).map(noticeName).join(", ")}.`];
  const told =
    first !== undefined && count === 1 && first.glance !== "" ? [first.glance] : [why, cure];
  const body = [...which, ...told].join(" ");
  return { web_push: 8030, notification: { title, body, navigate, tag: key } } as const;
}

/** Whom a push service can turn to (RFC 8292): it takes no address that is not public. */
function subjectOf(publicUrl: string): string {
  const { hostname, origin, protocol } = new URL(publicUrl);
  return protocol === "https:" ? origin : `mailto:operator@${hostname}`;
}

function toTold({ statusCode, headers }: HttpAnswer): Told {
  const why = `status ${statusCode}`;
  if (statusCode >= 200 && statusCode < 300) return { end: "sent" };
  if (statusCode === 404 || statusCode === 410) return gone(why);
  if (statusCode === 429 || statusCode >= 500) {
    const after = headers["retry-after"];
    const seconds = typeof after === "string" && /^\d{1,5}$/.test(after) ? Number(after) : null;
    return { end: "later", afterMs: seconds === null ? null : seconds * secondMs, why };
  }
  return { end: "failed", why, dropsDevice: false };
}

function gone(why: string): Told {
  return { end: "failed", why, dropsDevice: true };
}
