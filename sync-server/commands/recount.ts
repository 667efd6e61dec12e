/**
 * Counts audiences again: after contacts changed, all of a workspace; after audiences changed,
 * those that nobody counted yet. Requests that come while one is waiting are one.
 *
 * Wire it to the store's moves of the feed `org` with `onMove`: writing a count moves that feed
 * too, but then nothing is left uncounted, and the circle ends.
 */
import type { Audience } from "#domain/audience/audience.ts";
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import type { CountedAudience } from "../store/contact-store.ts";
import type { Moved, Store } from "../store/store.ts";

export interface RecountDeps {
  readonly store: Pick<Store, "sync" | "contacts">;
  readonly clock: () => Instant;
  /** How long further changes are waited for before all audiences are counted. */
  readonly delayMs?: number;
  /** Hears of a recount that failed; the next change tries again. */
  readonly onError?: (error: unknown) => void;
}

export interface Recount {
  /** Counts these audiences, or all, and answers their documents as they are then. */
  recountAudiences(args: {
    readonly workspace: Id;
    readonly ids: readonly Id[] | null;
  }): Promise<readonly Audience[]>;
  /** Counts all audiences of the workspace soon: its contacts changed. */
  contactsChanged(workspace: Id): void;
  /** Counts what was never counted, in the workspaces whose audiences may have changed. */
  onMove(moved: readonly Moved[]): void;
  /** Ends what waits; resolves when nothing runs any more. */
  stop(): Promise<void>;
}

export function createRecount(deps: RecountDeps): Recount {
  const { delayMs = 1_000, onError = () => undefined } = deps;
  const soon = createQueue(delayMs, (workspace) => recount(deps, workspace, () => true), onError);
  const fresh = createQueue(
    0,
    (workspace) => recount(deps, workspace, (audience) => audience.count === null),
    onError,
  );
  return {
    recountAudiences: ({ workspace, ids }) =>
      recount(deps, workspace, (audience) => ids === null || ids.includes(audience.id)),
    contactsChanged: soon.ask,
    onMove: (moved) => {
      for (const { workspace, feed } of moved) if (feed === "org") fresh.ask(workspace);
    },
    stop: async () => {
      await Promise.all([soon.stop(), fresh.stop()]);
    },
  };
}

async function recount(
  { store, clock }: RecountDeps,
  workspace: Id,
  isWanted: (audience: Audience) => boolean,
): Promise<readonly Audience[]> {
  const audiences = await store.sync.list({ workspace, kind: "audience" });
  const counted: CountedAudience[] = [];
  for (const audience of audiences.filter(isWanted)) {
    const { id, rule } = audience;
    // One after another: each is a scan, and other readers wait behind it.
    const count = await store.contacts.countAudience({ workspace, rule, now: clock() });
    counted.push({ id, rule, ...count });
  }
  if (counted.length === 0) return [];
  return store.contacts.noteCounts({ workspace, counted, now: clock() });
}

interface Queue {
  readonly ask: (workspace: Id) => void;
  readonly stop: () => Promise<void>;
}

/** One waiting and one running piece of work a workspace, however often it is asked for. */
function createQueue(
  delayMs: number,
  work: (workspace: Id) => Promise<unknown>,
  onError: (error: unknown) => void,
): Queue {
  const waiting = new Map<Id, ReturnType<typeof setTimeout>>();
  const running = new Map<Id, Promise<void>>();
  let isStopped = false;

  const start = (workspace: Id): void => {
    waiting.delete(workspace);
    const before = running.get(workspace) ?? Promise.resolve();
    const run = workAfter(before, workspace).finally(() => {
      if (running.get(workspace) === run) running.delete(workspace);
    });
    running.set(workspace, run);
  };

  const workAfter = async (before: Promise<void>, workspace: Id): Promise<void> => {
    await before;
    try {
      await work(workspace);
    } catch (error) {
      onError(error);
    }
  };

  return {
    ask: (workspace) => {
      if (isStopped || waiting.has(workspace)) return;
      waiting.set(
        workspace,
        setTimeout(() => start(workspace), delayMs),
      );
    },
    stop: async () => {
      isStopped = true;
      for (const timer of waiting.values()) clearTimeout(timer);
      waiting.clear();
      await Promise.all(running.values());
    },
  };
}
