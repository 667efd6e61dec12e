/** The language that the person reads on this device: the next version fetches its texts at once. */
const cacheName = "language";
const address = "/language";

export async function keepLanguage(language: string): Promise<void> {
  const cache = await caches.open(cacheName);
  await cache.put(address, new Response(language));
}

export async function keptLanguage(): Promise<string> {
  const cache = await caches.open(cacheName);
  const kept = await cache.match(address);
  return kept === undefined ? "en" : kept.text();
}
