import type { IconComponent } from "./icon.ts";

export interface MenuItem {
  readonly label: string;
  readonly icon?: IconComponent | undefined;
  readonly danger?: boolean;
  /** Why it cannot be chosen now, in words; left out when it can. */
  readonly reason?: string | undefined;
  readonly onselect: () => void;
}
