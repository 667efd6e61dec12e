// Mistakes of a device: what it makes of the answers that it gets.
import type { Id } from "#domain/core/id.ts";
import { feeds } from "#domain/sync/document.ts";
import type { ClientDb, SyncMeta } from "#lib/db/client-db.ts";
import { loadMeta, positionOf } from "#lib/db/sync-meta.ts";
import type { Transport } from "#lib/sync/transport.ts";
import type { Page } from "#protocol/down.ts";
import type { PullRequest } from "#protocol/up.ts";
import type { Bug } from "./bugs.ts";

export interface Careless {
  readonly db: ClientDb;
  readonly bug: Bug | null;
  readonly newId: () => Id;
}

/** The way to the server as a device with this mistake would use it. */
export function careless(transport: Transport, { db, bug, newId }: Careless): Transport {
  return {
    push: (request) => transport.push(request),
    pull: async (request) => {
      const answer = await transport.pull(bug === "floor-livelock" ? withoutH0(request) : request);
      if (!answer.ok) return answer;
      if (answer.value.t === "reset") {
        if (bug === "reset-drops-outbox") await db.outbox.clear();
        return answer;
      }
      if (bug !== "accept-holes" && bug !== "apply-mid-page") return answer;
      const meta = await db.transaction("rw", db.meta, () => loadMeta(db, newId));
      return { ok: true, value: bent(answer.value, bug, meta) };
    },
  };
}

function withoutH0(request: PullRequest): PullRequest {
  const at: PullRequest["feeds"] = {};
  for (const feed of feeds) at[feed] = { from: request.feeds[feed]?.from ?? 0 };
  return { ...request, feeds: at };
}

function bent(page: Page, bug: Bug, meta: SyncMeta): Page {
  const parts: Page["feeds"] = {};
  for (const feed of feeds) {
    const part = page.feeds[feed];
    if (part === undefined) continue;
    parts[feed] = {
      ...part,
      ...(bug === "apply-mid-page" ? { more: false } : {}),
      ...(bug === "accept-holes" ? { from: positionOf(meta, feed) } : {}),
    };
  }
  const ch = bug === "apply-mid-page" ? page.ch : (meta.staging?.ch ?? meta.ch);
  return { ...page, ch, feeds: parts };
}
