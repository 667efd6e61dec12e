// The core of the app over its own database, with no server but a page of rows at the beginning:
// how soon a write is on the screen, and what a checkpoint costs while so much waits.
import { ClientDb } from "#lib/db/client-db.ts";
import { observe } from "#lib/db/observe.ts";
import { createSyncCore, type SyncCore } from "#lib/sync/core.ts";
import type { Campaign } from "#domain/campaign/campaign.ts";
import { ok } from "#domain/core/result.ts";
import type { PullRequest } from "#protocol/up.ts";
import type { Page } from "#protocol/down.ts";
import { anId, ana } from "../../../support/campaigns.ts";
import { campaign } from "../runs/workspace.ts";
import { enter } from "./contest.ts";

const newId = (): string => crypto.randomUUID();
const now = (): number => Date.now();

enter({
  async run(rows, pending) {
    const db = new ClientDb(`bench-${newId()}`);
    await db.open();
    const server = aServer(rows);
    const core = openCore(db, server.pull);
    await filled(core);
    for (let n = 0; n < pending; n++) await rename(core, openIndex(n, rows), n);
    const longTasks = watchTasks();
    server.change(20);
    const startedAt = performance.now();
    await filled(core);
    const checkpointMs = performance.now() - startedAt;
    // What was long is told a moment later.
    await new Promise((resolve) => setTimeout(resolve, 200));
    const found = { checkpointMs, longTasks: longTasks.length };
    const writes = await timeWrites(db, core, rows);
    await db.delete();
    return { ms: checkpointMs, found: rows, ...found, ...writes };
  },
});

const epoch = "bench";

/** Answers each pull with what is new since, two thousand rows at a time. */
function aServer(rows: number) {
  const docs = Array.from({ length: rows }, (_, index) => campaign(index));
  const order: Campaign[] = [...docs];
  return {
    change(count: number): void {
      for (const doc of docs.slice(0, count))
        order.push({ ...doc, name: `${doc.name}, by others` });
    },
    pull: async ({ ch, feeds, epoch: known }: PullRequest) => {
      if (known !== epoch) {
        const again = {
          org: { h0: 0 },
          team: { h0: order.length },
          roll: { h0: 0 },
          user: { h0: 0 },
        };
        return ok({ t: "reset" as const, epoch, feeds: again, time: now() });
      }
      const from = feeds.team?.from ?? 0;
      const part = order.slice(from, from + 2_000);
      const to = from + part.length;
      const page: Page = { t: "page", epoch, ch, time: now(), feeds: {} };
      const empty = { from: 0, to: 0, more: false, rows: { ver: [], kind: [], id: [], doc: [] } };
      const team = {
        from,
        to,
        more: to < order.length,
        rows: {
          ver: part.map((_, index) => from + index + 1),
          kind: part.map(() => "campaign" as const),
          id: part.map(({ id }) => id),
          doc: part.map((doc) => ({ ...doc })),
        },
      };
      return ok({ ...page, feeds: { org: empty, team, roll: empty, user: empty } });
    },
  };
}

/** What is written waits. */
const away = async () =>
  ({ ok: false, error: { kind: "unreachable", retryAfterMs: null } }) as const;

function openCore(db: ClientDb, pull: ReturnType<typeof aServer>["pull"]): SyncCore {
  return createSyncCore({
    db,
    transport: { pull, push: away },
    clock: { wall: now, monotonic: () => performance.now() },
    newId,
    actor: () => ({ user: ana, role: "admin", access: { fieldMaySend: false } }),
  });
}

async function filled(core: SyncCore): Promise<void> {
  const step = await core.pullOnce();
  if (step.outcome === "failed") throw new Error(step.failure.kind);
  if (step.outcome === "more") await filled(core);
}

/** Every other campaign was not sent: those may be edited. */
function openIndex(n: number, rows: number): number {
  return (n * 2 + 1) % rows;
}

async function rename(core: SyncCore, index: number, n: number): Promise<void> {
  const { name } = campaign(index);
  const change = { was: name, set: `${name}, ${n}` };
  const args = { id: anId(0x10_0000 + index), name: change };
  const done = await core.write({ name: "campaign.edit", args });
  if (!done.ok) throw new Error(done.error.type);
}

const samples = 50;

/** From the act of a person until a live query told of it. */
async function timeWrites(db: ClientDb, core: SyncCore, rows: number) {
  const taken: number[] = [];
  for (let n = 0; n < samples; n++) {
    const index = openIndex(rows / 2 - 1 - n, rows);
    const id = anId(0x10_0000 + index);
    let startedAt = 0;
    const shown = new Promise<number>((resolve) => {
      const stop = observe(
        db,
        async () => (await db.campaign.get(id))?.doc.name,
        (name) => {
          if (name?.endsWith(", now") !== true) return;
          stop();
          resolve(performance.now() - startedAt);
        },
      );
    });
    const { name } = campaign(index);
    startedAt = performance.now();
    const set = `${name}, now`;
    const done = await core.write({
      name: "campaign.edit",
      args: { id, name: { was: name, set } },
    });
    if (!done.ok) throw new Error(done.error.type);
    taken.push(await shown);
  }
  const sorted = taken.toSorted((a, b) => a - b);
  return {
    writeP50: sorted[Math.floor(samples / 2)] ?? 0,
    writeP99: sorted[Math.floor(samples * 0.99)] ?? 0,
  };
}

/** What keeps the screen from answering: tasks of more than 50 ms. */
function watchTasks(): readonly number[] {
  const found: number[] = [];
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) found.push(duration);
  }).observe({ type: "longtask" });
  return found;
}
