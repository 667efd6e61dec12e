/** The places of the app, in the order of the navigation. */
import Activity from "@lucide/svelte/icons/activity";
import ChartColumn from "@lucide/svelte/icons/chart-column";
import LayoutDashboard from "@lucide/svelte/icons/layout-dashboard";
import Megaphone from "@lucide/svelte/icons/megaphone";
import Settings from "@lucide/svelte/icons/settings";
import Ticket from "@lucide/svelte/icons/ticket";
import UserPlus from "@lucide/svelte/icons/user-plus";
import Users from "@lucide/svelte/icons/users";
import type { IconComponent } from "#lib/ui/icon.ts";

export interface Destination {
  readonly href: string;
  readonly label: string;
  readonly icon: IconComponent;
  /** Not in the bottom bar of a phone, where room is short: the account menu leads there. */
  readonly wideOnly?: boolean;
  /** For the people who need it in one tap; others come to it from the audience. */
  readonly fieldOnly?: boolean;
}

export const destinations: readonly Destination[] = [
  { href: "/", label: "Overview", icon: LayoutDashboard },
  { href: "/campaigns", label: "Campaigns", icon: Megaphone },
  { href: "/reports", label: "Reports", icon: ChartColumn },
  { href: "/sign-ups", label: "Sign-ups", icon: UserPlus, fieldOnly: true },
  { href: "/audience", label: "Audience", icon: Users },
  { href: "/codes", label: "Codes", icon: Ticket, wideOnly: true },
  { href: "/activity", label: "Activity", icon: Activity, wideOnly: true },
  { href: "/settings", label: "Settings", icon: Settings, wideOnly: true },
];

/** Whether a page belongs to a place: `/campaigns/1` to `/campaigns`. */
export function isWithin(path: string, href: string): boolean {
  return href === "/" ? path === "/" : path === href || path.startsWith(`${href}/`);
}
