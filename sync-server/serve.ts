/** The server as it runs: opens everything, listens, tidies up, and stops gracefully. */
import { randomUUIDv7 } from "node:crypto";
import { resolve } from "node:path";
import { loadEnvFile } from "node:process";
import { buildApp } from "./app.ts";
import { readConfig, type Config } from "./config.ts";
import { fillDemo } from "./demo/demo.ts";
import { createLog, type Log } from "./log.ts";
import {
  databasePath,
  lockDataDir,
  openPeopleOf,
  prepareDataDir,
  providerFolders,
  startProblem,
} from "./open.ts";
import { adoptHistory, keepHistory } from "./operator/epoch-file.ts";
import { readerOf } from "./operator/recounts.ts";
import { tidy } from "./operator/tidy.ts";
import { loadProviders } from "./providers/all.ts";
import { openSecret } from "./providers/secrets.ts";
import { createServices, type ServiceDeps } from "./services.ts";
import { openThreadedReader, openThreadedStore } from "./store/sqlite/threaded.ts";
import type { Store } from "./store/store.ts";

/** Stopping takes no longer than this, whatever still hangs. */
const stopWithinMs = 8_000;
/** After the last code ran, what compiles it is through long before. */
const compiledWithinMs = 100;
const tidyEveryMs = 60 * 60_000;
/** How old a copy of the database must at least be to be told from the database. */
const keepHistoryEveryMs = 60_000;

const newId = (): string => randomUUIDv7();

/** What the environment does not say. Only tests give it. */
export type ServeOptions = Pick<ServiceDeps, "receiptLimits">;

/** Starts with the settings of the environment; ends the process with one line when it cannot. */
export async function serve(options: ServeOptions = {}): Promise<void> {
  try {
    loadEnvFile();
  } catch {
    // There is no .env file, which is the usual case.
  }
  const config = readConfig(process.env);
  if (config.ok) await start(config.value, options);
  else giveUp(config.error);
}

async function start(settings: Config, options: ServeOptions): Promise<void> {
  const log = createLog(settings.logLevel);
  process.once("uncaughtException", (error) => {
    log.fatal({ err: error }, "the server fell over a defect and stops");
    process.exit(1);
  });
  try {
    const stop = await open(settings, log, options);
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      process.once(signal, () => void stop());
    }
  } catch (error) {
    giveUp(startProblem(error, settings));
  }
}

/**
 * Ends a moment later: code that ran for the first time is still being compiled beside us. A
 * compiler that runs out of memory then asks the main thread to collect, which at Node's end only
 * waits for the compiler: both for ever, once in 300 starts (nodejs/node#54918, #64560).
 */
function giveUp(why: string): void {
  process.stderr.write(`Fieldcast cannot start: ${why}\n`);
  setTimeout(() => process.exit(1), compiledWithinMs);
}

async function open(config: Config, log: Log, options: ServeOptions): Promise<() => Promise<void>> {
  const clock = Date.now;
  prepareDataDir(config);
  const unlock = lockDataDir(config);
  // Side by side: while the threads of the store load, this one opens the rest.
  const [store, people, providers] = await Promise.all([
    openThreadedStore(databasePath(config)),
    openPeopleOf(config),
    loadProviders(providerFolders(config)),
  ]);
  const history = { admin: store.admin, devices: store.devices, dataDir: config.dataDir };
  await settleHistory(history, log);
  const secret = openSecret(config.dataDir);
  const openReader = async () => {
    const reader = await openThreadedReader(databasePath(config));
    return readerOf(reader, () => reader.close());
  };
  const parts = { config, log, store, people, providers, secret, clock, newId, openReader };
  const deps = { ...parts, ...options };
  const services = createServices(deps);
  const app = await buildApp({
    config,
    // Fastify tells at "info" where it listens; the line below says it in our words.
    log: config.logLevel === "info" ? log.child({}, { level: "warn" }) : log,
    store,
    people,
    services,
    clock,
    newId,
    buildDir: resolve(import.meta.dirname, "../build"),
    fillDemo: (made) => {
      fillDemo(deps, made).catch((error: unknown) =>
        log.error({ err: error }, "the demo broke off"),
      );
    },
  });
  await app.listen({ host: config.host, port: config.port });
  await services.start();
  const tidying = setInterval(() => void tidyUp(store, log), tidyEveryMs);
  const keeping = setInterval(() => void keep(history, log), keepHistoryEveryMs);
  process.stdout.write(`Fieldcast is ready on ${addressOf(config)}\n`);

  return async () => {
    setTimeout(() => process.exit(0), stopWithinMs).unref();
    clearInterval(tidying);
    clearInterval(keeping);
    // Requests and calls in flight end side by side; the store goes last.
    await Promise.all([app.close(), services.stop(stopWithinMs - 2_000)]);
    await keep(history, log);
    await store.close();
    people.close();
    unlock();
  };
}

type History = Parameters<typeof adoptHistory>[0];

async function settleHistory(history: History, log: Log): Promise<void> {
  const { isRestored, paused, held } = await adoptHistory(history, {
    isCopy: false,
    now: Date.now(),
  });
  if (!isRestored) return;
  log.warn(
    { paused, held },
    "the database is an older copy of itself: running campaigns are paused and planned ones wait for a date, until a person decides",
  );
}

async function keep(history: History, log: Log): Promise<void> {
  try {
    await keepHistory(history);
  } catch (error) {
    log.error({ err: error }, "the file beside the database was not brought up to date");
  }
}

/** Where a person on this machine finds it. */
function addressOf({ host, port }: Config): string {
  const isEverywhere = ["127.0.0.1", "localhost", "0.0.0.0", "::", "::1"].includes(host);
  return `http://${isEverywhere ? "localhost" : host}:${port}`;
}

async function tidyUp(store: Store, log: Log): Promise<void> {
  try {
    await tidy(store, Date.now());
  } catch (error) {
    log.error({ err: error }, "tidying up failed; it is tried again in an hour");
  }
}
