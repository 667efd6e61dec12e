/** What a workspace set for the sake of its people, and the frequency cap that intents obey. */
import type { Channel } from "#domain/campaign/channel.ts";
import { dayMs, type Instant } from "#domain/core/time.ts";
import {
  defaultPeopleLimits,
  type FrequencyCap,
  type PeopleLimits,
} from "#domain/limits/people-limits.ts";
import type { Id } from "#domain/core/id.ts";
import type { Database } from "./database.ts";
import type { Place } from "./delivery-place.ts";
import { addActivity } from "./activity-lines.ts";

export function readLimits(db: Database, workspace: string): PeopleLimits {
  const row = db.get("select doc from people_limits where workspace = ?", workspace);
  return row === undefined ? defaultPeopleLimits : JSON.parse(String(row["doc"]));
}

export function changeLimits(
  db: Database,
  {
    workspace,
    limits,
    by,
    now,
  }: {
    readonly workspace: Id;
    readonly limits: PeopleLimits;
    readonly by: Id | null;
    readonly now: Instant;
  },
): void {
  const before = readLimits(db, workspace);
  db.run(
    `insert into people_limits (workspace, doc) values (?, ?)
     on conflict (workspace) do update set doc = excluded.doc`,
    workspace,
    JSON.stringify(limits),
  );
  for (const channel of ["email", "sms"] as const) {
    const cap = limits.frequency[channel];
    const known = before.frequency[channel];
    // From no cap, or to a longer one: what was sent before it counts too.
    if (cap !== null && cap.days > (known?.days ?? 0)) refill(db, { workspace, channel, cap, now });
  }
  const { frequency, unreachable } = limits;
  addActivity(db, workspace, {
    campaignId: null,
    event: "limits.changed",
    by,
    at: now,
    detail: { email: inShort(frequency.email), sms: inShort(frequency.sms), ...unreachable },
  });
}

function inShort(cap: FrequencyCap | null): string {
  return cap === null ? "no cap" : `${cap.messages} in ${cap.days} days`;
}

/** Counts what was handed over in the days that the cap looks back on. */
function refill(
  db: Database,
  {
    workspace,
    channel,
    cap,
    now,
  }: {
    readonly workspace: Id;
    readonly channel: Channel;
    readonly cap: FrequencyCap;
    readonly now: Instant;
  },
): void {
  const since = now - cap.days * dayMs;
  db.run(
    `insert into pressure (ws, contact, channel, distribution, n, at)
     select m.ws, m.contact, d.channel, m.distribution, m.n, m.at
       from distribution d join message m on m.ws = d.ws and m.distribution = d.seq
      where d.workspace = ? and d.channel = ? and d.simulated = 0 and m.at > ?
        and m.state in (1, 2, 3, 4, 5, 9, 10, 11)
        and exists (select 1 from bucket b where b.ws = d.ws and b.distribution = d.seq and b.minute >= ?)
     on conflict do nothing`,
    workspace,
    channel,
    since,
    since - (since % 60_000),
  );
}

/** The cap of a distribution's channel; null: write as often as you like. */
export function capOf(db: Database, workspace: string, channel: Channel): FrequencyCap | null {
  const { frequency } = readLimits(db, workspace);
  return channel === "email" || channel === "sms" ? frequency[channel] : null;
}

/** Drops what no cap looks back on any more. */
export function prunePressure(
  db: Database,
  { ws, workspace, channel }: Pick<Place, "ws"> & { workspace: string; channel: Channel },
  now: Instant,
): void {
  const cap = capOf(db, workspace, channel);
  const before = cap === null ? now : now - cap.days * dayMs;
  db.run("delete from pressure where ws = ? and channel = ? and at <= ?", ws, channel, before);
}

/** Notes that messages are about to go out; one row for each, however often it is tried. */
export function notePressure(
  db: Database,
  { ws, seq, channel }: Place & { readonly channel: Channel },
  { ns, now }: { readonly ns: readonly number[]; readonly now: Instant },
): void {
  db.run(
    `insert into pressure (ws, contact, channel, distribution, n, at)
     select ws, contact, ?, distribution, n, ? from message
      where ws = ? and distribution = ? and n in (select value from json_each(?))
     on conflict do nothing`,
    channel,
    now,
    ws,
    seq,
    JSON.stringify(ns),
  );
}

/** A message that never left us was no message. */
export function releasePressure(
  db: Database,
  { ws, seq, channel }: Place & { readonly channel: Channel },
  n: number,
): void {
  db.run(
    `delete from pressure where ws = ? and channel = ? and distribution = ? and n = ? and contact =
      (select contact from message where ws = ? and distribution = ? and n = ?)`,
    ws,
    channel,
    seq,
    n,
    ws,
    seq,
    n,
  );
}
