// Mistakes of a device: what it makes of the answers that it gets.
import type { Id } from "#domain/core/id.ts";
import { err, type Result } from "#domain/core/result.ts";
import { feeds } from "#domain/sync/document.ts";
import type { ClientDb, SyncMeta } from "#lib/db/client-db.ts";
import { loadMeta, positionOf } from "#lib/db/sync-meta.ts";
import type { TransportFailure } from "#lib/sync/failures.ts";
import type { Transport } from "#lib/sync/transport.ts";
import type { Page } from "#protocol/down.ts";
import type { Heard } from "#protocol/heard.ts";
import type { PullRequest } from "#protocol/up.ts";
import type { Bug } from "./bugs.ts";

export interface Careless {
  readonly db: ClientDb;
  readonly bug: Bug | null;
  readonly newId: () => Id;
}

/** The way to the server as a device with this mistake would use it. */
export function careless(transport: Transport, { db, bug, newId }: Careless): Transport {
  const outlived = async <T>(answer: Result<T, TransportFailure>) => {
    if (bug !== "acts-after-revocation" || answer.ok || answer.error.kind !== "revoked") {
      return answer;
    }
    // Everything goes, but no mark says that nothing may come back.
    const rest = db.tables.filter((table) => table !== db.meta);
    await Promise.all(rest.map((table) => table.clear()));
    return err({ kind: "signed-out", retryAfterMs: null } as const);
  };
  return {
    push: async (request) => outlived(await transport.push(request)),
    pull: async (request, onPage) => {
      const asked = bug === "floor-livelock" ? withoutH0(request) : request;
      const answer = await outlived(
        await transport.pull(asked, async (page) =>
          onPage(await carelesslyHeard(page, { db, bug, newId })),
        ),
      );
      if (!answer.ok) return answer;
      if (answer.value.t === "reset") {
        if (bug === "reset-drops-outbox") await db.outbox.clear();
        return answer;
      }
      return { ok: true, value: await carelesslyHeard(answer.value, { db, bug, newId }) };
    },
  };
}

/** A page as a device with this mistake would take it. */
export async function carelesslyHeard<T extends Heard>(
  message: T,
  { db, bug, newId }: Careless,
): Promise<T> {
  if (bug === null || !bends.has(bug) || message.t !== "page") return message;
  const meta = await db.transaction("rw", db.meta, () => loadMeta(db, newId));
  return { ...message, ...bent(message, bug, meta) };
}

function withoutH0(request: PullRequest): PullRequest {
  const at: PullRequest["feeds"] = {};
  for (const feed of feeds) at[feed] = { from: request.feeds[feed]?.from ?? 0 };
  return { ...request, feeds: at };
}

/** Mistakes about which pages fit. */
const bends: ReadonlySet<Bug> = new Set<Bug>(["accept-holes", "apply-mid-page", "no-chain-id"]);

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
