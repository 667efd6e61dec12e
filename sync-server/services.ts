/** Puts together what works behind the HTTP side: who calls, commands, contacts, delivery. */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { createIntake, type IntakeDeps } from "./bounces/intake.ts";
import { createBounceReader, type BounceReader } from "./bounces/reader.ts";
import { createCallers, type Callers } from "./access/callers.ts";
import { createDevices, type Devices } from "./access/devices.ts";
import type { People } from "./access/people.ts";
import { createCommands, type Commands } from "./commands/apply.ts";
import { createRecount, type Recount } from "./commands/recount.ts";
import type { Config } from "./config.ts";
import { createAccounts, type Accounts } from "./delivery/accounts.ts";
import type { EngineDeps } from "./delivery/carriers.ts";
import { createEngine, type Engine, type ReceiptLimits } from "./delivery/engine.ts";
import type { Templates } from "#domain/message/template.ts";
import { openContentCheck, openTemplates } from "./delivery/templates.ts";
import { createClickLog, type ClickLog } from "./http/links/click-log.ts";
import { createImports, type Imports } from "./http/import/importer.ts";
import { createSpool, type Spool } from "./http/import/spool.ts";
import type { OperatorFacts } from "./http/health-warnings.ts";
import type { Log } from "./log.ts";
import { createHealth } from "./operator/health.ts";
import { keepRevocations } from "./operator/revoked-file.ts";
import { createRecounts, readerOf, type RecountDeps, type Recounts } from "./operator/recounts.ts";
import type { Providers } from "./providers/all.ts";
import { honoursKeys, resolveWindowOf } from "./providers/provider.ts";
import { createLeaveLinks, type LeaveLinks } from "./providers/leave-links.ts";
import { createTrackedLinks, type TrackedLinks } from "./providers/tracked-links.ts";
import { createKeys, type Keys } from "./providers/keys.ts";
import { createNotices, type Notices } from "./notices/notices.ts";
import { bounceSecretOf, createSealer } from "./providers/secrets.ts";
import type { Store } from "./store/store.ts";

export interface ServiceDeps {
  readonly config: Pick<Config, "publicUrl" | "dataDir" | "privateTargets" | "maildirRoot">;
  readonly log: Log;
  readonly store: Store;
  readonly people: People;
  readonly providers: Providers;
  /** The server's one secret (providers/secrets.ts). */
  readonly secret: Buffer;
  readonly clock: () => number;
  readonly newId: () => string;
  /** How many receipts may wait; what is usual when left out. Only tests give it. */
  readonly receiptLimits?: ReceiptLimits;
  /** A reader of its own for recounts; the store itself when left out. */
  readonly openReader?: RecountDeps["openReader"];
}

export interface Services {
  readonly callers: Callers;
  readonly devices: Devices;
  readonly commands: Commands;
  readonly accounts: Accounts;
  readonly engine: Engine;
  readonly bounces: BounceReader;
  readonly notices: Notices;
  /** By which the command line of this machine signs for an account. */
  readonly bounceSecretOf: (accountId: string) => string;
  readonly recount: Recount;
  readonly leaveLinks: LeaveLinks;
  readonly trackedLinks: TrackedLinks;
  readonly clicks: ClickLog;
  readonly keys: Keys;
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
  const { config, log, store, clock } = deps;
  const callers = createCallers(deps);
  const onError = (error: unknown): void =>
    log.error({ err: error }, "work behind a request failed");
  const recount = createRecount({ store, clock, onError });
  const contactsChanged = (workspace: string): void => recount.contactsChanged(workspace);
  const spool = createSpool(join(config.dataDir, "uploads"));
  const imports = createImports({ ...deps, spool, onEnd: contactsChanged, onError });
  const accounts = accountsOf(deps);
  const templates = openTemplates();
  const links = linksOf(deps);
  const recounts = recountsOf(deps);
  const keys = createKeys(deps.secret);
  const engine = engineOf(deps, { accounts, keys, ...links, templates, recounts });
  const clicks = createClickLog({ ...deps, onCounted: () => engine.wake(), onError });
  const bounces = bouncesOf(deps, { accounts, engine, keys, onComplaint: contactsChanged });
  const notices = noticesOf(deps, accounts);
  const undo = store.onMove((moved) => {
    recount.onMove(moved);
    if (moved.some(({ feed }) => feed === "org")) accounts.changed();
    if (moved.some(({ feed }) => feed === "team")) notices.notifier.wake();
    if (moved.some(({ feed }) => feed === "roll")) notices.notifier.wakeForCounters();
    // What people do to campaigns moves `team`; new accounts and audiences move `org`.
    if (moved.some(({ feed }) => feed !== "roll" && feed !== "user")) engine.wake();
  });
  return {
    callers,
    devices: devicesOf(deps),
    commands: createCommands({ store, clock, checkContent: openContentCheck(), contactsChanged }),
    accounts,
    engine,
    bounces,
    notices,
    bounceSecretOf: (accountId) => bounceSecretOf(deps.secret, accountId),
    recount,
    ...links,
    clicks,
    keys,
    templates,
    spool,
    imports,
    health: createHealth({ dataDir: config.dataDir, clock, engine, recounts }),
    start: async () => {
      await imports.recover();
      await store.delivery.tellUsualWindows({ windowMs: usualWindowsOf(deps), now: clock() });
      for (const part of [engine, recounts, bounces, notices.notifier, clicks]) part.start();
    },
    stop: async (withinMs) => {
      undo();
      callers.stop();
      await Promise.all([bounces.stop(), clicks.stop()]);
      await Promise.all([engine.stop(withinMs), imports.stop(), recount.stop(), recounts.stop()]);
      // What the engine paused last is told by the next start, if not now.
      await notices.notifier.stop();
      await accounts.close();
    },
  };
}

function usualWindowsOf({ providers }: ServiceDeps): Readonly<Record<string, number>> {
  return Object.fromEntries(
    [...providers.values()].map((provider) => [provider.name, resolveWindowOf(provider)]),
  );
}

function linksOf({ config, secret }: ServiceDeps): Pick<Services, "leaveLinks" | "trackedLinks"> {
  return {
    leaveLinks: createLeaveLinks(secret, config.publicUrl),
    trackedLinks: createTrackedLinks(secret, config.publicUrl),
  };
}

type EngineOf = Pick<Services, "accounts" | "leaveLinks" | "trackedLinks" | "templates"> &
  Pick<EngineDeps, "keys"> & { readonly recounts: Recounts };

function engineOf(deps: ServiceDeps, made: EngineOf): Engine {
  const { store, clock, log, providers, receiptLimits = {} } = deps;
  const { accounts, recounts, ...parts } = made;
  const honouring = [...providers.values()].filter(honoursKeys);
  const forgetful = honouring.filter(({ keyRetentionMs }) => Number.isFinite(keyRetentionMs));
  return createEngine({
    ...parts,
    ...receiptLimits,
    store,
    carriers: accounts,
    clock,
    checkContent: openContentCheck(),
    random: Math.random,
    boot: randomUUID(),
    log,
    keyed: honouring.map(({ name }) => name),
    keyRetentions: Object.fromEntries(
      forgetful.map(({ name, keyRetentionMs }) => [name, keyRetentionMs]),
    ),
    onCompleted: (distribution) => recounts.completed(distribution),
  });
}

function devicesOf({ config, store, clock, people, log }: ServiceDeps): Devices {
  const endSession = (person: string, session: string) => people.endSession(person, session);
  const onRevoked = async () => {
    try {
      await keepRevocations({ devices: store.devices, dataDir: config.dataDir });
    } catch (error) {
      log.error({ err: error }, "the file of revoked devices was not brought up to date");
    }
  };
  return createDevices({ store, clock, endSession, onRevoked });
}

function recountsOf({ store, log, clock, openReader }: ServiceDeps): Recounts {
  const inStore = async () => readerOf(store, async () => undefined);
  return createRecounts({ openReader: openReader ?? inStore, log, clock });
}

type BouncesOf = Pick<Services, "accounts" | "engine"> & Pick<IntakeDeps, "keys" | "onComplaint">;

function bouncesOf({ config, store, log, clock }: ServiceDeps, made: BouncesOf): BounceReader {
  return createBounceReader({
    store,
    accounts: made.accounts,
    intake: createIntake({ ...made, store, clock }),
    clock,
    log,
    maildirRoot: config.maildirRoot,
    privateTargets: config.privateTargets === "allow",
  });
}

function noticesOf({ config, log, ...deps }: ServiceDeps, carriers: Accounts): Notices {
  return createNotices({
    ...deps,
    carriers,
    publicUrl: config.publicUrl,
    privateTargets: config.privateTargets === "allow",
    warn: (facts, words) => log.warn(facts, words),
  });
}

function accountsOf({ config, store, providers, secret, clock, newId }: ServiceDeps): Accounts {
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
