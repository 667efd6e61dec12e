/** Puts together what works behind the HTTP side: who calls, commands, contacts, delivery. */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { createCallers, type Callers } from "./access/callers.ts";
import type { People } from "./access/people.ts";
import { createCommands, type Commands } from "./commands/apply.ts";
import { createRecount, type Recount } from "./commands/recount.ts";
import type { Config } from "./config.ts";
import { createAccounts, type Accounts } from "./delivery/accounts.ts";
import { createEngine, type Engine } from "./delivery/engine.ts";
import type { Templates } from "#domain/message/template.ts";
import { openContentCheck, openTemplates } from "./delivery/templates.ts";
import { createImports, type Imports } from "./http/import/importer.ts";
import { createSpool, type Spool } from "./http/import/spool.ts";
import type { OperatorFacts } from "./http/health-warnings.ts";
import type { Log } from "./log.ts";
import { createHealth } from "./operator/health.ts";
import { createRecounts, readerOf, type RecountDeps } from "./operator/recounts.ts";
import { keyedProviders, providers } from "./providers/all.ts";
import { createLeaveLinks, type LeaveLinks } from "./providers/leave-links.ts";
import { createKeys } from "./providers/keys.ts";
import { createSealer } from "./providers/secrets.ts";
import type { Store } from "./store/store.ts";

export interface ServiceDeps {
  readonly config: Pick<Config, "publicUrl" | "dataDir" | "privateTargets">;
  readonly log: Log;
  readonly store: Store;
  readonly people: People;
  /** The server's one secret (providers/secrets.ts). */
  readonly secret: Buffer;
  readonly clock: () => number;
  readonly newId: () => string;
  /** A reader of its own for recounts; the store itself when left out. */
  readonly openReader?: RecountDeps["openReader"];
}

export interface Services {
  readonly callers: Callers;
  readonly commands: Commands;
  readonly accounts: Accounts;
  readonly engine: Engine;
  readonly recount: Recount;
  readonly leaveLinks: LeaveLinks;
  readonly templates: Templates;
  readonly spool: Spool;
  readonly imports: Imports;
  readonly health: () => Promise<OperatorFacts>;
  /** Ends what a dead server left open, then begins to work. */
  start(): Promise<void>;
  /** Lets what is in flight end, within the time, and writes what is known. */
  stop(withinMs: number): Promise<void>;
}

export function createServices(deps: ServiceDeps): Services {
  const { config, log, store, clock, newId } = deps;
  const callers = createCallers(deps);
  const onError = (error: unknown): void =>
    log.error({ err: error }, "work behind a request failed");
  const recount = createRecount({ store, clock, onError });
  const spool = createSpool(join(config.dataDir, "uploads"));
  const onEnd = (workspace: string): void => recount.contactsChanged(workspace);
  const imports = createImports({ store, clock, newId, spool, onEnd, onError });
  const accounts = accountsOf(deps);
  const templates = openTemplates();
  const leaveLinks = createLeaveLinks(deps.secret, config.publicUrl);
  const openReader = deps.openReader ?? (async () => readerOf(store, async () => undefined));
  const recounts = createRecounts({ openReader, log, clock });
  const engine = createEngine({
    store,
    carriers: accounts,
    keys: createKeys(deps.secret),
    leaveLinks,
    templates,
    clock,
    random: Math.random,
    boot: randomUUID(),
    log,
    keyed: keyedProviders,
    onCompleted: (distribution) => recounts.completed(distribution),
  });
  const undo = store.onMove((moved) => {
    recount.onMove(moved);
    // What people do to campaigns moves `team`; new accounts and audiences move `org`.
    if (moved.some(({ feed }) => feed !== "roll")) engine.wake();
  });
  return {
    callers,
    commands: createCommands({ store, clock, checkContent: openContentCheck() }),
    accounts,
    engine,
    recount,
    leaveLinks,
    templates,
    spool,
    imports,
    health: createHealth({ dataDir: config.dataDir, clock, engine, recounts }),
    start: async () => {
      await imports.recover();
      engine.start();
      recounts.start();
    },
    stop: async (withinMs) => {
      undo();
      callers.stop();
      await Promise.all([engine.stop(withinMs), imports.stop(), recount.stop(), recounts.stop()]);
      await accounts.close();
    },
  };
}

function accountsOf({ config, store, secret, clock, newId }: ServiceDeps): Accounts {
  return createAccounts({
    store,
    providers,
    sealer: createSealer(secret),
    clock,
    newId,
    privateTargets: config.privateTargets === "allow",
    publicUrl: config.publicUrl,
  });
}
