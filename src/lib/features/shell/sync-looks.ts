/** How the nine ways of standing to the server look: an icon and a hue, never the colour alone. */
import CircleCheck from "@lucide/svelte/icons/circle-check";
import CircleUser from "@lucide/svelte/icons/circle-user";
import CloudOff from "@lucide/svelte/icons/cloud-off";
import Gauge from "@lucide/svelte/icons/gauge";
import HardDrive from "@lucide/svelte/icons/hard-drive";
import LogIn from "@lucide/svelte/icons/log-in";
import RefreshCw from "@lucide/svelte/icons/refresh-cw";
import ServerCrash from "@lucide/svelte/icons/server-crash";
import Download from "@lucide/svelte/icons/download";
import type { SyncStatusName } from "#lib/i18n/sync-words.ts";
import type { IconComponent } from "#lib/ui/icon.ts";

interface SyncLook {
  readonly icon: IconComponent;
  readonly hue: "green" | "blue" | "neutral" | "amber" | "red";
}

export const syncLooks = {
  live: { icon: CircleCheck, hue: "green" },
  syncing: { icon: RefreshCw, hue: "blue" },
  offline: { icon: CloudOff, hue: "neutral" },
  captive: { icon: LogIn, hue: "amber" },
  degraded: { icon: Gauge, hue: "amber" },
  "server-error": { icon: ServerCrash, hue: "amber" },
  "signed-out": { icon: CircleUser, hue: "amber" },
  "update-required": { icon: Download, hue: "amber" },
  "storage-risk": { icon: HardDrive, hue: "red" },
} as const satisfies Record<SyncStatusName, SyncLook>;
