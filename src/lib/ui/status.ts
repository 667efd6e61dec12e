/**
 * The one palette of statuses, for badge, filter, chart and table: each has its own colour
 * (`--status-<name>-ink|tint|mark` in tokens.css), icon and word.
 */
import Ban from "@lucide/svelte/icons/ban";
import CalendarClock from "@lucide/svelte/icons/calendar-clock";
import CheckCheck from "@lucide/svelte/icons/check-check";
import CircleCheck from "@lucide/svelte/icons/circle-check";
import CircleDashed from "@lucide/svelte/icons/circle-dashed";
import CircleHelp from "@lucide/svelte/icons/circle-question-mark";
import Clock from "@lucide/svelte/icons/clock";
import Hourglass from "@lucide/svelte/icons/hourglass";
import MailOpen from "@lucide/svelte/icons/mail-open";
import MailX from "@lucide/svelte/icons/mail-x";
import Pause from "@lucide/svelte/icons/circle-pause";
import PencilLine from "@lucide/svelte/icons/pencil-line";
import Repeat from "@lucide/svelte/icons/repeat";
import Send from "@lucide/svelte/icons/send";
import SendHorizontal from "@lucide/svelte/icons/send-horizontal";
import SkipForward from "@lucide/svelte/icons/skip-forward";
import TriangleAlert from "@lucide/svelte/icons/triangle-alert";
import type { IconComponent } from "./icon.ts";
import type { MessageState } from "#domain/message/state.ts";

export type CampaignStatusName =
  "draft" | "live" | "pending" | "scheduled" | "in-progress" | "completed" | "paused" | "canceled";

export type StatusName = CampaignStatusName | MessageState;

export interface StatusLook {
  readonly label: string;
  readonly icon: IconComponent;
}

export const statusLooks: Readonly<Record<StatusName, StatusLook>> = {
  draft: { label: "Draft", icon: PencilLine },
  pending: { label: "Pending", icon: CircleDashed },
  scheduled: { label: "Scheduled", icon: CalendarClock },
  "in-progress": { label: "In Progress", icon: Send },
  completed: { label: "Completed", icon: CircleCheck },
  live: { label: "Live", icon: Repeat },
  paused: { label: "Paused", icon: Pause },
  canceled: { label: "Canceled", icon: Ban },
  queued: { label: "Queued", icon: Clock },
  sending: { label: "Sending", icon: SendHorizontal },
  ambiguous: { label: "Unclear", icon: CircleHelp },
  submitted: { label: "Submitted", icon: Send },
  sent: { label: "Sent", icon: CheckCheck },
  unconfirmed: { label: "Not confirmed", icon: Hourglass },
  skipped: { label: "Skipped", icon: SkipForward },
  failed: { label: "Failed", icon: TriangleAlert },
  undelivered: { label: "Undelivered", icon: MailX },
  delivered: { label: "Delivered", icon: CircleCheck },
  read: { label: "Read", icon: MailOpen },
};
