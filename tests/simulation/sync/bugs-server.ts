// Mistakes of the server's storage.
import { isRollupChange } from "#domain/report/rollup-change.ts";
import type { PullReply } from "#protocol/down.ts";
import { StoreError } from "#server/store/store.ts";
import type { CommitCommand, CommitOutcome, SyncStore } from "#server/store/sync-store.ts";
import { ana, ben } from "../../support/campaigns.ts";
import type { Random } from "../random.ts";
import type { Bug } from "./bugs.ts";

export interface Planted {
  readonly bug: Bug | null;
  readonly random: Random;
  /** A command's effect is in the database. */
  readonly onEffect: (args: CommitCommand) => void;
}

export function buggyStore(sync: SyncStore, planted: Planted): SyncStore {
  const { bug, random, onEffect } = planted;
  const commitCommand = async (args: CommitCommand): Promise<CommitOutcome> => {
    const outcome = await commitAs(sync, args, planted);
    if (outcome.outcome === "committed" && bug !== "verdict-apart") onEffect(args);
    return outcome;
  };
  return {
    ...sync,
    commitCommand,
    pages: async (args) => {
      const isTwisted = bug === "another-persons-feed" && random.chance(0.2);
      const pages = await sync.pages(isTwisted ? { ...args, user: random.pick([ana, ben]) } : args);
      if (bug === "cursor-from-a-sequence" && random.chance(0.1)) hideNewest(pages);
      return pages;
    },
    heads: async (args) => {
      const heads = await sync.heads(args);
      if (bug !== "no-floor-check") return heads;
      const entries = Object.entries(heads).map(([feed, { head }]) => [feed, { head, floor: 0 }]);
      return Object.fromEntries(entries);
    },
  };
}

async function commitAs(
  sync: SyncStore,
  args: CommitCommand,
  { bug, random, onEffect }: Planted,
): Promise<CommitOutcome> {
  switch (bug) {
    case "no-dedup": {
      const origin = { ...args.origin, uid: random.id(), client: random.id(), mid: 1 };
      return sync.commitCommand({ ...args, origin });
    }
    case "accept-id-gaps": {
      const done = await sync.commitCommand(args);
      const { origin, verdict } = args;
      if (done.outcome !== "gap" || done.expected >= origin.mid) return done;
      const client = `${origin.client.slice(0, -12)}${random.id().slice(-12)}`;
      return sync.commitCommand({ ...args, origin: { ...origin, client, mid: 1 }, verdict });
    }
    case "verdict-apart": {
      if ((await sync.commitWrites(args)) === "conflict") return { outcome: "conflict" };
      onEffect(args);
      if (random.chance(0.1)) throw new StoreError("other", "the server crashed in between");
      return sync.commitCommand({ ...args, expect: [], writes: [], activity: null });
    }
    case "last-writer":
      return sync.commitCommand({ ...args, expect: [] });
    case "last-writer-consent": {
      const { atStand, now } = args;
      if (atStand === undefined || atStand === null) return sync.commitCommand(args);
      const claim = { ...atStand.claim, at: now, isTrusted: true };
      return sync.commitCommand({ ...args, atStand: { ...atStand, claim } });
    }
    default:
      return sync.commitCommand(args);
  }
}

/** What a change of counters is of. */
const kept: ReadonlySet<string> = new Set(["id", "since"]);

/** A page as a server with this mistake would say it. */
export function carelesslySaid(reply: PullReply, bug: Bug | null, random: Random): PullReply {
  if (bug !== "forgets-a-change" || reply.t !== "page") return reply;
  const { roll } = reply.feeds;
  for (const doc of roll?.rows.doc ?? []) {
    if (doc === null || !isRollupChange(doc)) continue;
    const forgotten = random.pickOr(Object.keys(doc).filter((name) => !kept.has(name)));
    if (forgotten !== null) Reflect.deleteProperty(doc, forgotten);
  }
  return reply;
}

/** The newest row of each page is not committed yet; the reader believes to have seen it. */
function hideNewest(pages: Awaited<ReturnType<SyncStore["pages"]>>): void {
  for (const page of Object.values(pages)) {
    if (page.more) continue;
    for (const column of Object.values(page.rows)) column.splice(-2, 1);
  }
}
