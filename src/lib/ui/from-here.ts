import { goto } from "$app/navigation";
import { navigating, page } from "$app/state";

type Way = (href: string, options?: Parameters<typeof goto>[1]) => Promise<void>;

/**
 * The way out of this page once something is done: taken from whoever still waits here. Who went
 * elsewhere meanwhile, or is going, stays where they wanted to be.
 */
export function fromHere(): Way {
  const { pathname } = page.url;
  return async (href, options) => {
    if (navigating.to === null && page.url.pathname === pathname) await goto(href, options);
  };
}
