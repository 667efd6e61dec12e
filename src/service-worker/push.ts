// What the server pushes, shown as a notification that opens what it is about. The payload is that
// of Declarative Web Push: WebKit shows it even where this file fails.
import { self } from "$app/service-worker";

interface Shown {
  readonly title: string;
  readonly body: string;
  readonly navigate: string;
  readonly tag: string;
}

/** Listens for pushes, and for a press on what was shown. */
export function showPushes(): void {
  self.addEventListener("push", (event) => {
    const { title, body, navigate, tag } = readPush(event.data);
    const options = { body, tag, icon: "/icons/icon-192.png", data: { navigate } };
    event.waitUntil(self.registration.showNotification(title, options));
  });
  self.addEventListener("notificationclick", (event) => {
    event.notification.close();
    const data: unknown = event.notification.data;
    event.waitUntil(open(textOf(data, "navigate")));
  });
}

/** A browser that is pushed to has to show something, also of what cannot be read. */
function readPush(data: PushMessageData | null): Shown {
  let notification: unknown = null;
  try {
    const said: unknown = data?.json();
    notification = partOf(said, "notification");
  } catch {
    // Not JSON: said below, in general words.
  }
  return {
    title: textOf(notification, "title") || "Fieldcast needs you",
    body: textOf(notification, "body"),
    navigate: textOf(notification, "navigate"),
    tag: textOf(notification, "tag") || "fieldcast",
  };
}

function partOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}

function textOf(value: unknown, name: string): string {
  const part = partOf(value, name);
  return typeof part === "string" ? part : "";
}

/** In a window of the app that is open, or in a new one; never outside of the app. */
async function open(address: string): Promise<void> {
  const { origin } = self.location;
  const isOurs = URL.canParse(address) && new URL(address).origin === origin;
  const url = isOurs ? address : `${origin}/attention`;
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  for (const client of windows) {
    try {
      await client.focus();
      await client.navigate(url);
      return;
    } catch {
      // A window that this service worker does not control cannot be led: the next one, or a new one.
    }
  }
  await self.clients.openWindow(url);
}
