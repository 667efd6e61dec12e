/** The query of the address as it is wanted: of whoever has just been asked for, or of this page. */
import { goto } from "$app/navigation";
import { page } from "$app/state";

/** Where a choice leads, until the page is there; null: nowhere else. */
let wanted: URL | null = $state.raw(null);

/**
 * What stands behind the `?`. A choice counts from the moment it is made: the next one builds on
 * it, though the page takes a moment to follow.
 */
export function wantedParams(): typeof page.url.searchParams {
  return (wanted ?? page.url).searchParams;
}

/** Shows this page as chosen, in place of what was chosen before; the scroll position stays. */
export async function showAs(href: string): Promise<void> {
  const target = new URL(href, page.url.href);
  wanted = target;
  try {
    await goto(target, { replace: true, reset: false });
  } finally {
    if (wanted === target) wanted = null;
  }
}
