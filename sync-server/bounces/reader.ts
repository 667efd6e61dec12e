/** Reads what came back, account by account, every minute, and remembers how it went. */
import type { Id } from "#domain/core/id.ts";
import { minuteMs, type Instant } from "#domain/core/time.ts";
import type { Result } from "#domain/core/result.ts";
import type { Accounts, AccountSecrets } from "../delivery/accounts.ts";
import type { Log } from "../log.ts";
import type { BounceCounts, BounceKind, BounceReading } from "../store/bounce-store.ts";
import type { Store } from "../store/store.ts";
import type { Intake } from "./intake.ts";
import { readNext, tryMailbox, wordsOf } from "./mailbox.ts";
import type { MailboxDeps } from "./reading.ts";

export interface ReaderDeps extends MailboxDeps {
  readonly store: Pick<Store, "access" | "sync" | "bounces">;
  readonly accounts: Pick<Accounts, "secretsOf">;
  readonly intake: Intake;
  readonly clock: () => Instant;
  readonly log: Pick<Log, "error">;
}

export interface BounceReader {
  start(): void;
  stop(): Promise<void>;
  /** Reads every account once; the timer does it, too. */
  readAll(): Promise<void>;
  /** A mail that was posted to an account; answers what it was, once that is durable. */
  take(workspace: Id, accountId: Id, raw: Uint8Array): Promise<BounceKind>;
  /** Whether an account's mailbox can be read, in words. */
  test(accountId: Id): Promise<Result<string, string>>;
  reading(workspace: Id, accountId: Id): Promise<BounceReading | null>;
}

const everyMs = minuteMs;
const mailsAtOnce = 200;

export function createBounceReader(deps: ReaderDeps): BounceReader {
  const { store, accounts, intake, clock, log } = deps;
  let timer: ReturnType<typeof setInterval> | undefined;
  let isStopped = false;
  let current: Promise<void> | null = null;

  const readAll = (): Promise<void> => {
    current ??= eachAccount(deps, () => isStopped).finally(() => {
      current = null;
    });
    return current;
  };

  const turn = (): void => {
    readAll().catch((error: unknown) => log.error({ err: error }, "bounces were not read"));
  };

  return {
    readAll,
    start: () => {
      timer = setInterval(turn, everyMs);
      turn();
    },
    stop: async () => {
      isStopped = true;
      clearInterval(timer);
      await current?.catch(() => undefined);
    },
    take: async (workspace, accountId, raw) => {
      const kind = await intake.take(workspace, raw);
      const found = { [kind]: 1 };
      await store.bounces.noteReading({ workspace, accountId, problem: null, found, now: clock() });
      return kind;
    },
    test: async (accountId) => {
      const known = await accounts.secretsOf(accountId);
      return tryMailbox(deps, known?.settings ?? {});
    },
    reading: (workspace, accountId) => store.bounces.reading({ workspace, accountId }),
  };
}

async function eachAccount(deps: ReaderDeps, isStopped: () => boolean): Promise<void> {
  const { store, accounts } = deps;
  for (const { id: workspace } of await store.access.workspaces({})) {
    const all = await store.sync.list({ workspace, kind: "account" });
    for (const { id, provider, summary } of all) {
      const isRead = summary["bounces"] === "imap" || summary["bounces"] === "maildir";
      if (provider !== "smtp" || !isRead || isStopped()) continue;
      const known = await accounts.secretsOf(id);
      if (known !== null) await readAccount(deps, { ...known, accountId: id }, isStopped);
    }
  }
}

/** One that cannot be read says so at itself, and holds no other up. */
async function readAccount(
  deps: ReaderDeps,
  { workspace, accountId, settings }: AccountSecrets & { readonly accountId: Id },
  isStopped: () => boolean,
): Promise<void> {
  const { store, intake, clock } = deps;
  const account = { workspace, accountId };
  let hasMore = true;
  while (hasMore && !isStopped()) {
    const found: Partial<Record<BounceKind, number>> = {};
    const note = (problem: string | null, cursor: string | null, counts: BounceCounts) =>
      store.bounces.noteReading({
        ...account,
        ...(cursor === null ? {} : { cursor }),
        problem,
        found: counts,
        now: clock(),
      });
    const take = async (raw: Uint8Array): Promise<void> => {
      const kind = await intake.take(workspace, raw);
      found[kind] = (found[kind] ?? 0) + 1;
    };
    const cursor = (await store.bounces.reading(account))?.cursor ?? null;
    try {
      const batch = await readNext(deps, { settings, cursor, limit: mailsAtOnce, take });
      await note(null, batch.cursor, found);
      hasMore = batch.hasMore;
    } catch (error) {
      await note(wordsOf(error), null, found);
      hasMore = false;
    }
  }
}
