// The architecture, as the one table it is: what each part may import. No entry = not allowed.
// A part may always import itself; tests may import anything, and nothing imports tests.

const domain = "src/domain";
const protocol = "src/protocol";
/** The promise of the store: the files beside its two implementations. */
const store = String.raw`sync-server/store/[\w-]+.ts`;
const provider = "sync-server/providers/provider.ts";
const icons = "npm:@lucide/svelte";
const kit = ["npm:svelte", "$app"];

/**
 * From the most special to the most general: a file belongs to the first part that it matches.
 * @type {Record<string, string[]>}
 */
const layers = {
  "src/domain": [],
  "src/protocol": [domain, "npm:valibot", "npm:@valibot/to-json-schema"],
  "src/lib/app.ts": ["src/lib", domain, protocol, "npm:workbox-window", ...kit],
  "src/lib/db": [domain, protocol, "npm:dexie"],
  "src/lib/sync": ["src/lib/i18n/text.ts", "src/lib/db", domain, protocol, "npm:valibot"],
  "src/lib/carry": ["src/lib/db", domain, protocol, "npm:valibot", "npm:qr"],
  "src/lib/state": [
    "src/lib/db",
    "src/lib/sync",
    "src/lib/carry",
    domain,
    "npm:workbox-window",
    ...kit,
  ],
  "src/lib/charts": [domain, "npm:(d3|topojson-client|world-atlas)", ...kit],
  "src/lib/ui": [domain, icons, "npm:bits-ui", "npm:@internationalized/date", ...kit],
  "src/lib/import": [domain, protocol, "npm:libphonenumber-js", "npm:valibot"],
  "src/lib/preview": [domain, "npm:liquidjs"],
  "src/lib/export": [domain],
  "src/lib/i18n": [domain, "virtual:texts/[a-z]+", "npm:svelte"],
  "src/lib/features": [
    "src/lib/state",
    "src/lib/charts",
    "src/lib/ui",
    "src/lib/export",
    "src/lib/import",
    "src/lib/preview",
    "src/lib/carry",
    "src/lib/i18n",
    domain,
    icons,
    ...kit,
  ],
  "src/routes": [
    "src/lib/features",
    "src/lib/ui",
    "src/lib/state",
    "src/lib/app.ts",
    "src/app.css",
    domain,
    ...kit,
  ],
  "src/hooks.client.ts": ["src/lib/i18n", "$app"],
  "src/service-worker": [
    "src/protocol/version.ts",
    "virtual:optional-parts",
    "$app",
    "npm:workbox-[a-z]+",
  ],

  "sync-server/(main|serve|open|services).ts": ["sync-server", domain, protocol, "npm", "node:"],
  "sync-server/(cli|command-line).ts": ["sync-server", domain, protocol, "npm", "node:"],
  "sync-server/app.ts": ["sync-server", domain, protocol, "npm", "node:"],
  "sync-server/log.ts": ["sync-server/config.ts", "npm:pino"],
  "sync-server/config.ts": [domain, protocol, "npm:valibot", "npm:ipaddr.js", "node:"],
  "sync-server/demo": ["sync-server", domain, protocol],
  "sync-server/operator": ["sync-server", domain, protocol, "npm:valibot", "node:"],
  [store]: [domain, protocol],
  "sync-server/numbers": [domain, "npm:(bson|libphonenumber-js)", "node:"],
  "sync-server/store": [
    "sync-server/numbers",
    store,
    domain,
    protocol,
    "npm:valibot",
    "npm:pg",
    "node:",
  ],
  [provider]: [domain, protocol],
  "sync-server/providers": [
    provider,
    "sync-server/(receipts|numbers)",
    domain,
    protocol,
    "npm",
    "node:",
  ],
  "sync-server/receipts": [provider, store, domain, protocol, "npm:valibot", "node:"],
  "sync-server/bounces": [
    "sync-server/(delivery|providers|receipts|commands)",
    "sync-server/log.ts",
    store,
    domain,
    protocol,
    "npm",
    "node:",
  ],
  "sync-server/notices": [
    "sync-server/(delivery/carriers|providers/(http-call|secrets|targets)).ts",
    provider,
    store,
    domain,
    "npm:(undici|valibot|web-push)",
    "node:",
  ],
  "sync-server/commands": [store, domain, protocol, "node:"],
  "sync-server/delivery": [store, provider, domain, protocol, "npm:liquidjs"],
  "sync-server/access": [store, domain, protocol, "sync-server/config.ts", "npm", "node:"],
  "sync-server/(http|live)": [
    "sync-server/(http|live|commands|delivery|receipts|access|bounces|notices)",
    "sync-server/config.ts",
    store,
    domain,
    protocol,
    "npm",
    "node:",
  ],
};

const isTest = String.raw`\.(test|spec)\.ts$`;
const parts = Object.keys(layers);

const layerRules = Object.entries(layers).map(([part, allowed], index) => ({
  name: `layer ${part}`,
  comment: `${part} may import only: ${allowed.join(", ") || "itself"}`,
  severity: "error",
  from: {
    path: inside(part),
    pathNot: [
      isTest,
      ...parts
        .slice(0, index)
        .filter((other) => other.startsWith(part))
        .map(inside),
    ],
  },
  to: {
    pathNot: [inside(part), ...allowed.filter((name) => name !== "node:").map(target)],
    ...(allowed.includes("node:") ? { dependencyTypesNot: ["core"] } : {}),
  },
}));

export default {
  forbidden: [
    ...layerRules,
    {
      name: "no file without a part",
      comment: "Every source file belongs to a part named in the table",
      severity: "error",
      from: { path: "^(src|sync-server)/", pathNot: [isTest, ...parts.map(inside)] },
      to: {},
    },
    {
      name: "nothing imports tests",
      severity: "error",
      from: { path: "^(src|sync-server)/", pathNot: isTest },
      to: { path: ["^tests/", isTest] },
    },
    { name: "no cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "no orphans",
      severity: "error",
      from: { orphan: true, pathNot: ["^src/routes/", String.raw`\.(d|test|spec)\.ts$`] },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: ["^src/node_modules/", "^src/.*tsconfig"] },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: [".ts", ".js", ".svelte"],
      exportsFields: ["exports"],
      conditionNames: ["types", "svelte", "import", "default"],
    },
  },
};

/** @param {string} part A file or folder, as a pattern on paths */
function inside(part) {
  return part.endsWith(".ts") ? `^${part.replaceAll(".", String.raw`\.`)}$` : `^${part}/`;
}

/** @param {string} name An entry of the table, as a pattern on what was imported */
function target(name) {
  if (name === "npm") return "node_modules/";
  if (name.startsWith("npm:")) return `node_modules/(@types/)?${name.slice(4)}/`;
  if (name.startsWith("virtual:")) return `^${name}$`;
  if (name === "$app") return String.raw`^\$app/`;
  return name === "src/app.css" ? "^src/app.css$" : inside(name);
}
