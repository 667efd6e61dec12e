import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import adapter from "@sveltejs/adapter-static";

const toFiles = adapter({
  pages: "build",
  assets: "build",
  fallback: "200.html",
  precompress: true,
});

// Kit 3 refuses a svelte.config.js in Vite's root, and our top level has one. So Vite's root is
// src/ (vite.config.ts hands these options over by hand), and paths here start from src/.
/** @type {NonNullable<Parameters<typeof import("@sveltejs/kit/vite").sveltekit>[0]>} */
const config = {
  outDir: "../.svelte-kit",
  files: { src: ".", assets: "../static" },
  adapter: { ...toFiles, adapt: (builder) => toFiles.adapt(withPreloads(builder)) },
  // The page registers it by hand, to offer an update instead of forcing it.
  serviceWorker: { register: false },
  // Only what cannot be a header of the server: the hashes of the page's own inline scripts.
  csp: {
    mode: "hash",
    directives: {
      "default-src": ["self"],
      "script-src": ["self", ...ownScripts()],
      "style-src": ["self"],
      "style-src-attr": ["unsafe-inline"],
      "img-src": ["self", "data:", "blob:"],
      "object-src": ["none"],
      "base-uri": ["none"],
      "form-action": ["self"],
    },
  },
};

/**
 * Kit knows the hash of its own script only, not of those that stand in the page.
 * @returns {`sha256-${string}`[]}
 */
function ownScripts() {
  const page = readFileSync(`${import.meta.dirname}/src/app.html`, "utf8");
  return [...page.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(
    ([, script = ""]) =>
      /** @type {const} */ (`sha256-${createHash("sha256").update(script).digest("base64")}`),
  );
}

/**
 * Kit names the frame's files in the page; this names what the frame asks for next as well (the
 * storage, its states, what talks with the server and the first page), so that a slow network is
 * asked once. At the end of the page: the browser looks ahead for them anyway, and a slow device
 * is not held up by all of them in one go.
 * @param {import("@sveltejs/kit").Builder} builder
 * @returns {import("@sveltejs/kit").Builder}
 */
function withPreloads(builder) {
  return {
    ...builder,
    async generateFallback(file) {
      await builder.generateFallback(file);
      const page = readFileSync(file, "utf8");
      const links = laterParts()
        .filter((part) => !page.includes(part))
        .map((part) => `<link href="/${part}" rel="modulepreload">`);
      const withLater = page.replace("</body>", `${links.join("")}</body>`);
      writeFileSync(file, withStylesFirst(withLater));
    },
  };
}

/**
 * Nothing is painted before the styles are there, and a browser asks in the order of the page.
 * @param {string} page
 */
function withStylesFirst(page) {
  const styles = page.match(/<link [^>]*rel="stylesheet"[^>]*>/g) ?? [];
  const without = styles.reduce((text, link) => text.replace(link, ""), page);
  return without.replace('<link href="/_app', `${styles.join("")}$&`);
}

/** The files of the parts that the frame imports late, with what they import. */
function laterParts() {
  const text = readFileSync(".svelte-kit/output/client/.vite/manifest.json", "utf8");
  /** @type {Record<string, { file: string, imports?: string[] }>} */
  const manifest = JSON.parse(text);
  const seen = new Set();
  /** @param {string} key */
  const visit = (key) => {
    if (seen.has(key)) return;
    seen.add(key);
    manifest[key]?.imports?.forEach(visit);
  };
  Object.keys(manifest)
    .filter((key) => /lib\/(app|sync\/online)\.ts$/.test(key) || isFirstSeen(key))
    .forEach(visit);
  return [...seen].map((key) => manifest[key]?.file ?? "").filter((file) => file.endsWith(".js"));
}

/**
 * Whether the part draws what is seen first: the start page, the door for who is not in yet, or
 * what Kit loads beside every page in case of an error.
 * @param {string} key
 */
function isFirstSeen(key) {
  if (!/\/nodes\/\d+\.js$/.test(key)) return false;
  const node = readFileSync(join("src", key), "utf8");
  return /routes\/((sign-in\/)?\+page|\+error)\.svelte/.test(node);
}

export default config;
