/**
 * Parts that few people need. They are not there when the app can be used offline first: each is
 * kept when it is asked for, and all of them once the page has time.
 */
import { registerRoute } from "workbox-routing";
import { CacheFirst } from "workbox-strategies";

const cacheName = "optional-parts";

/** Answers for these paths from what is kept, and keeps what is not. Their names say what is in them. */
export function optionalFirst(paths: readonly string[]): void {
  const known = new Set(paths.map((path) => `/${path}`));
  registerRoute(({ url }) => known.has(url.pathname), new CacheFirst({ cacheName }));
}

/** Keeps them all, and forgets those of earlier builds. Without a network it is tried at another start. */
export async function cacheOptional(paths: readonly string[]): Promise<void> {
  const cache = await caches.open(cacheName);
  const kept = new Set((await cache.keys()).map(({ url }) => new URL(url).pathname));
  const wanted = new Set(paths.map((path) => `/${path}`));
  for (const path of kept) if (!wanted.has(path)) await cache.delete(path);
  await addOptional(paths.filter((path) => !kept.has(`/${path}`)));
}

/** Keeps these too, as far as the network lets it. */
export async function addOptional(paths: readonly string[]): Promise<void> {
  const cache = await caches.open(cacheName);
  for (const path of paths) await cache.add(`/${path}`).catch(() => undefined);
}
