/** Which page somebody may see before they are in. */
import type { SessionStatus } from "#lib/state/session.svelte.ts";

const doors = ["/set-up", "/sign-in"] as const;

export function isDoor(path: string): boolean {
  return doors.some((door) => door === path);
}

/** Where the person must go from `path`; null: they may stay. */
export function doorFor(status: SessionStatus, path: string): string | null {
  switch (status) {
    case "loading":
    case "locked":
      return null;
    case "set-up":
      return path === "/set-up" ? null : "/set-up";
    case "signed-out":
      if (path === "/sign-in") return null;
      return path === "/" || isDoor(path) ? "/sign-in" : `/sign-in?to=${encodeURIComponent(path)}`;
    case "ready":
      return isDoor(path) ? "/" : null;
  }
}
