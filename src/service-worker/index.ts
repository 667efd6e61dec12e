// Serves the app's own files when there is no network. It never answers for data: screens read
// IndexedDB, so every address of the server passes through untouched.
import { assets, immutable } from "$app/manifest";
import { self } from "$app/service-worker";
import { version } from "$app/env";
import { clientsClaim } from "workbox-core";
import {
  cleanupOutdatedCaches,
  createHandlerBoundToURL,
  precacheAndRoute,
} from "workbox-precaching";
import { NavigationRoute, registerRoute } from "workbox-routing";
import { optional, texts } from "virtual:optional-parts";
import { keepLanguage, keptLanguage } from "./language.ts";
import { addOptional, cacheOptional, optionalFirst } from "./optional.ts";
import { showPushes } from "./push.ts";

const shell = "/200.html";
/** `/sync` itself is a page, the Sync centre; what lies below it is the server's. */
const serverPaths = /^\/(?:sync\/|(?:api|health|docs|metrics|r|auth)(?:[/?]|$))/;

precacheAndRoute([
  // Kit does not list the page that starts the app.
  { url: shell, revision: version },
  ...immutable
    .filter(({ path }) => !optional.includes(path))
    .map(({ path }) => ({ url: `/${path}`, revision: null })),
  ...assets.map(({ path }) => ({ url: `/${path}`, revision: version })),
]);
cleanupOutdatedCaches();
optionalFirst(optional);
registerRoute(new NavigationRoute(createHandlerBoundToURL(shell), { denylist: [serverPaths] }));

// The first visit is controlled at once; without this only the second would work offline.
clientsClaim();

showPushes();

self.addEventListener("message", (event) => {
  const message: unknown = event.data;
  if (typeof message !== "object" || message === null || !("type" in message)) return;
  if (message.type === "SKIP_WAITING") void self.skipWaiting();
  if (message.type === "CLAIM_CLIENTS") event.waitUntil(self.clients.claim());
  if (message.type !== "CACHE_OPTIONAL") return;
  const language = "language" in message ? String(message.language) : "en";
  event.waitUntil(keepLanguage(language));
  event.waitUntil(cacheOptional(partsFor(language)));
});

// The new version's words come before it takes over, so that it starts in them without a network.
self.addEventListener("install", (event) => {
  event.waitUntil(keptLanguage().then((language) => addOptional(textsOf(language))));
});

/** Every part but the texts of other languages. */
function partsFor(language: string): readonly string[] {
  const others = new Set(Object.values(texts).filter((path) => path !== texts[language]));
  return optional.filter((path) => !others.has(path));
}

function textsOf(language: string): readonly string[] {
  const path = texts[language];
  return path === undefined ? [] : [path];
}
