import adapter from "@sveltejs/adapter-static";

// Kit 3 refuses a svelte.config.js in Vite's root, and our top level has one. So Vite's root is
// src/ (vite.config.ts hands these options over by hand), and paths here start from src/.
/** @type {NonNullable<Parameters<typeof import("@sveltejs/kit/vite").sveltekit>[0]>} */
const config = {
  outDir: "../.svelte-kit",
  files: { src: ".", assets: "../static" },
  adapter: adapter({ pages: "build", assets: "build", fallback: "200.html", precompress: true }),
  serviceWorker: { register: false },
};

export default config;
