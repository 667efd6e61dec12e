/** The nine ways in which this device can stand to the server, in words and with what to do. */
import type { Words } from "./state-words.ts";

export const syncWords = {
  live: { label: "Live", explain: "Changes from everywhere arrive here at once." },
  syncing: { label: "Syncing", explain: "Catching up with the server." },
  offline: {
    label: "Offline",
    explain: "No connection. Go on working: it is sent as soon as there is one.",
  },
  captive: {
    label: "Network login",
    explain: "This network asks for a login first. Open any page in the browser to sign in to it.",
  },
  degraded: {
    label: "Slow connection",
    explain: "The server answers late. What you see may be some minutes old.",
  },
  "server-error": {
    label: "Server trouble",
    explain: "The server cannot answer just now. We try again by ourselves; nothing is lost.",
  },
  "signed-out": {
    label: "Signed out",
    explain: "Sign in again to send your work. Everything on this device is kept.",
  },
  "update-required": {
    label: "Update needed",
    explain: "The server needs a newer app. Reload to update; what you typed is kept.",
  },
  "storage-risk": {
    label: "Storage at risk",
    explain: "This browser may run out of space or clear it. Send or save your work soon.",
  },
} as const satisfies Record<string, Words>;

export type SyncStatusName = keyof typeof syncWords;
