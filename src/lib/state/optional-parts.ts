/** Parts of the app that few people need: the service worker fetches and keeps them when it is told to. */

/** Once there is a worker. It fetches only what it has not kept; without a network nothing happens. */
export async function fetchOptionalParts(): Promise<void> {
  const { active } = await navigator.serviceWorker.ready;
  active?.postMessage({ type: "CACHE_OPTIONAL", language: document.documentElement.lang });
}
