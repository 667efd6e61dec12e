// What the server really holds, read past the product: the checks trust nothing that they check.
import type { Campaign } from "#domain/campaign/campaign.ts";
import type { Id } from "#domain/core/id.ts";
import { feeds, type Feed } from "#domain/sync/document.ts";
import type { MemoryDatabase } from "./memory-database.ts";

/** Every living document that a person may see, by `kind:id`, as JSON. */
export type State = ReadonlyMap<string, string>;

export type Cursors = Readonly<Record<Feed, number>>;

/** What everybody in the workspace sees, and what is the person's own. */
export function stateOf({ beside }: MemoryDatabase, workspace: Id, user: Id): State {
  const rows = beside
    .prepare(
      "select kind, id, doc from document where workspace = ? and dead = 0 and feed in ('org', 'team', 'roll', ?)",
    )
    .all(workspace, `user:${user}`);
  return new Map(
    rows.map((row) => [`${String(row["kind"])}:${String(row["id"])}`, String(row["doc"])]),
  );
}

export function headsOf({ beside }: MemoryDatabase, workspace: Id, user: Id): Cursors {
  const heads = { org: 0, team: 0, roll: 0, user: 0 };
  for (const row of beside
    .prepare("select feed, head from feed where workspace = ?")
    .all(workspace)) {
    const isOwn = row["feed"] === `user:${user}`;
    const feed = isOwn ? "user" : feeds.find((each) => each === row["feed"]);
    if (feed !== undefined) heads[feed] = Number(row["head"]);
  }
  return heads;
}

export function campaignsIn(state: State): readonly Campaign[] {
  return [...state]
    .filter(([key]) => key.startsWith("campaign:"))
    .map(([, text]): Campaign => JSON.parse(text));
}

/** Names a set of heads or cursors. */
export function placeOf({ org, team, roll, user }: Cursors): string {
  return `org ${org}, team ${team}, roll ${roll}, user ${user}`;
}
