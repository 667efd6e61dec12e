import { readFileSync, writeFileSync } from "node:fs";
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
  // Only what cannot be a header of the server: the hashes of the page's own inline script.
  csp: {
    mode: "hash",
    directives: {
      "default-src": ["self"],
      "script-src": ["self"],
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
 * Kit names the frame's files in the page; this names what the frame asks for next as well (the
 * storage, its states and what talks with the server), so that a slow network is asked once.
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
      writeFileSync(file, page.replace("</head>", `${links.join("")}</head>`));
    },
  };
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
    .filter((key) => /lib\/(app|sync\/online)\.ts$/.test(key))
    .forEach(visit);
  return [...seen].map((key) => manifest[key]?.file ?? "").filter((file) => file.endsWith(".js"));
}

export default config;
