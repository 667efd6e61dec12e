/** How a person is told outside of the app: asked of the server, and of this browser. */
import type { NoticeChoice } from "#domain/campaign/notice-topic.ts";
import type { Id } from "#domain/core/id.ts";
import type { Result } from "#domain/core/result.ts";
import { noticeDevice, noticeSettings } from "#protocol/rest/notices.ts";
import * as v from "valibot";
import type { Api, Failure } from "./api.ts";

export type NoticeSettings = v.InferOutput<typeof noticeSettings>;

type Answer<T> = Promise<Result<T, Failure>>;

const base = "/api/v1/notices";

export function noticeCalls(api: Api) {
  return {
    settings(): Answer<NoticeSettings> {
      return api.request(noticeSettings, "GET", base);
    },
    choose(choice: Partial<NoticeChoice>): Answer<NoticeSettings> {
      return api.request(noticeSettings, "PATCH", base, choice);
    },
    nameAccount(accountId: Id | null): Answer<NoticeSettings> {
      return api.request(noticeSettings, "PATCH", `${base}/account`, { accountId });
    },
    addDevice(name: string, { endpoint, keys }: Subscribed): Answer<unknown> {
      return api.request(noticeDevice, "POST", `${base}/devices`, { name, endpoint, keys });
    },
    removeDevice(id: string): Answer<unknown> {
      return api.request(v.unknown(), "DELETE", `${base}/devices/${id}`);
    },
  };
}

/** What the server needs of a browser's subscription. */
export interface Subscribed {
  readonly endpoint: string;
  readonly keys: { readonly p256dh: string; readonly auth: string };
}

const subscribed = v.object({
  endpoint: v.string(),
  keys: v.object({ p256dh: v.string(), auth: v.string() }),
});

/** Whether this browser can be pushed to at all, as it runs now (on iPads: only when installed). */
export function canBePushed(): boolean {
  return (
    "serviceWorker" in navigator && "PushManager" in globalThis && "Notification" in globalThis
  );
}

/** The name under which the server knows this browser's subscription; null: it has none. */
export async function ownDeviceId(): Promise<string | null> {
  if (!canBePushed()) return null;
  const registration = await navigator.serviceWorker.getRegistration();
  const known = await registration?.pushManager.getSubscription();
  if (known === null || known === undefined) return null;
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(known.endpoint));
  const text = btoa(String.fromCodePoint(...new Uint8Array(hash)));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Why a browser cannot be pushed to, as far as it says. */
export type NotSubscribed = "denied" | "failed";

/** Asks the person, then the browser. One subscription for each key of a server: an older one ends. */
export async function subscribe(pushKey: string): Promise<Subscribed | NotSubscribed> {
  if ((await Notification.requestPermission()) !== "granted") return "denied";
  try {
    const { pushManager } = await navigator.serviceWorker.ready;
    const options = { userVisibleOnly: true, applicationServerKey: pushKey };
    await (await pushManager.getSubscription())?.unsubscribe();
    return v.parse(subscribed, (await pushManager.subscribe(options)).toJSON());
  } catch {
    return "failed";
  }
}

export async function unsubscribe(): Promise<void> {
  const registration = await navigator.serviceWorker.getRegistration();
  await (await registration?.pushManager.getSubscription())?.unsubscribe();
}
