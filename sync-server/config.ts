/** The environment as typed settings. Every variable is checked; a wrong one stops the start with one line. */
import { resolve } from "node:path";
import { err, ok, type Result } from "#domain/core/result.ts";
import * as v from "valibot";

export interface Config {
  /** `PORT`: where it listens. */
  readonly port: number;
  /** `HOST`: the address to listen on; 127.0.0.1 is this machine alone. */
  readonly host: string;
  /** `PUBLIC_URL`: what links, callbacks and cookies are made for, without a slash at its end. */
  readonly publicUrl: string;
  /** `DATA_DIR`: database, keys, uploads; absolute. */
  readonly dataDir: string;
  /** `PRIVATE_TARGETS`: whether webhooks and providers may be on private or loopback addresses. */
  readonly privateTargets: "allow" | "deny";
  /** `MAILDIR_ROOT`: the folder below which accounts may read Maildir folders of bounces; "": none may. */
  readonly maildirRoot: string;
  /** `PROVIDERS_DIR`: a folder with providers of the operator's own, one a file; "": there are none. */
  readonly providersDir: string;
  /** `LOG_LEVEL`: the least important lines that are written. */
  readonly logLevel: LogLevel;
}

const logLevels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

export type LogLevel = (typeof logLevels)[number];

type Environment = Readonly<Record<string, string | undefined>>;

const port = v.pipe(
  v.string(),
  v.regex(/^\d{1,5}$/, "must be a number from 1 to 65535"),
  v.transform(Number),
  v.minValue(1, "must be a number from 1 to 65535"),
  v.maxValue(65_535, "must be a number from 1 to 65535"),
);

const publicUrl = v.pipe(
  v.string(),
  v.check(isPlainUrl, "must be an http or https address without a path, as https://app.example"),
  v.transform((text) => new URL(text).origin),
);

const variables = v.object({
  PORT: v.optional(port, "3000"),
  HOST: v.optional(v.pipe(v.string(), v.nonEmpty("must not be empty")), "127.0.0.1"),
  PUBLIC_URL: v.optional(publicUrl),
  DATA_DIR: v.optional(v.pipe(v.string(), v.nonEmpty("must not be empty")), "./data"),
  DATABASE_URL: v.optional(
    v.literal("", "is not supported in this version: leave it out to use SQLite in DATA_DIR"),
  ),
  MAILDIR_ROOT: v.optional(v.string(), ""),
  PROVIDERS_DIR: v.optional(v.string(), ""),
  PRIVATE_TARGETS: v.optional(v.picklist(["allow", "deny"], "must be allow or deny")),
  LOG_LEVEL: v.optional(
    v.picklist(logLevels, `must be one of ${logLevels.join(", ")}`),
    "info" as const,
  ),
});

/** The settings, or one line that says which variable is wrong and how to right it. */
export function readConfig(environment: Environment): Result<Config, string> {
  const parsed = v.safeParse(variables, environment);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    const name = v.getDotPath(issue) ?? "";
    return err(`${name} ${issue.message} (it is "${withoutSecrets(environment[name] ?? "")}").`);
  }
  const { PORT, HOST, DATA_DIR, PRIVATE_TARGETS, MAILDIR_ROOT, PROVIDERS_DIR, LOG_LEVEL } =
    parsed.output;
  const url = parsed.output.PUBLIC_URL ?? `http://localhost:${PORT}`;
  return ok({
    port: PORT,
    host: HOST,
    publicUrl: url,
    dataDir: resolve(DATA_DIR),
    privateTargets: PRIVATE_TARGETS ?? (isLocal(url) ? "allow" : "deny"),
    maildirRoot: MAILDIR_ROOT === "" ? "" : resolve(MAILDIR_ROOT),
    providersDir: PROVIDERS_DIR === "" ? "" : resolve(PROVIDERS_DIR),
    logLevel: LOG_LEVEL,
  });
}

/** Lines of a failed start are copied into tickets: what stands before the @ of an address is not. */
function withoutSecrets(text: string): string {
  return text.replace(/\/\/[^/]*@/, "//…@");
}

function isPlainUrl(text: string): boolean {
  const url = URL.parse(text);
  return (
    url !== null && /^https?:$/.test(url.protocol) && url.pathname === "/" && url.search === ""
  );
}

function isLocal(url: string): boolean {
  return ["localhost", "127.0.0.1", "[::1]"].includes(new URL(url).hostname);
}
