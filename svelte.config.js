import adapter from "@sveltejs/adapter-static";

// Kit 3 refuses a svelte.config.js in Vite's root, and our top level has one. So Vite's root is
// src/ (vite.config.ts hands these options over by hand), and paths here start from src/.
/** @type {NonNullable<Parameters<typeof import("@sveltejs/kit/vite").sveltekit>[0]>} */
const config = {
  outDir: "../.svelte-kit",
  files: { src: ".", assets: "../static" },
  adapter: adapter({ pages: "build", assets: "build", fallback: "200.html", precompress: true }),
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

export default config;
