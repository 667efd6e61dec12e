/** Mistakes in what campaigns and people's rules ask for, planted as those of bugs.ts are. */
import type { Campaign } from "#domain/campaign/campaign.ts";
import { dayMs, secondMs } from "#domain/core/time.ts";
import type { DeliveryStore } from "#server/store/delivery-store.ts";
import type { Connection } from "#server/store/sqlite/database.ts";
import { workspace } from "../../support/delivery/world.ts";
import { campaignsOf } from "./people.ts";
import type { Run } from "./run.ts";
import type { DeliveryBug } from "./violation.ts";

export type Planting = (run: Run, store: DeliveryStore) => Partial<DeliveryStore>;

/** Nobody pauses for longer than a person's patience. */
const patienceMs = 60 * secondMs;

export const rulePlantings: Partial<Record<DeliveryBug, Planting>> = {
  "ignores-quiet-hours": claimsWithout("workspace", "$.access.sending.quietHours"),
  "ignores-own-clocks": (run, store) => ({
    ...claimsWithout("campaign", "$.schedule.local")(run, store),
    freeze: async (args) => {
      const answer = await store.freeze(args);
      write(run.db, "update chunk set due_at = 0");
      return answer;
    },
  }),
  "ignores-end": claimsWithout("campaign", "$.validUntil"),
  "ignores-cap": (run, store) => ({
    intent: async (args) => {
      write(run.db, "delete from pressure");
      return store.intent(args);
    },
  }),
  "resends-too-soon": (run, store) => ({
    settle: (args) =>
      store.settle({
        ...args,
        settlements: args.settlements.map((each) =>
          each.state === "ambiguous" && !run.plan.isKeyed
            ? { ...each, dueAt: each.at + 2 * secondMs }
            : each,
        ),
      }),
  }),
  "keeps-pauses": () => ({ endPauses: async () => null }),
  "ends-any-pause": (run, store) => ({
    endPauses: async (args) => {
      for (const campaign of await campaignsOf(run)) {
        const isLong = args.now - (campaign.pausedAt ?? args.now) > patienceMs;
        if (campaign.phase === "paused" && isLong) {
          await put(run, { ...campaign, phase: "canceled", completedAt: args.now });
        }
      }
      return store.endPauses(args);
    },
  }),
  "fires-twice": (run, store) => ({
    fire: async (args) => {
      const before = await idsOf(run);
      await store.fire(args);
      for (const made of (await campaignsOf(run)).filter(({ id }) => !before.has(id))) {
        await put(run, { ...made, id: run.random.id() });
      }
    },
  }),
  "forgets-firing": (run, store) => ({
    fire: async (args) => {
      const before = await idsOf(run);
      await store.fire(args);
      for (const made of (await campaignsOf(run)).filter(({ id }) => !before.has(id))) {
        await remove(run, made);
      }
    },
  }),
  "enters-twice": (run, store) => ({
    happen: async (args) => {
      write(run.db, "delete from happening");
      write(run.db, "delete from entry");
      return store.happen(args);
    },
  }),
  "loses-entry": (run) => ({
    happen: async () => ({ outcome: "taken", entered: [run.campaignIds[0]] }),
  }),
  "skips-delay": (run, store) => ({
    happen: async (args) => {
      const answer = await store.happen(args);
      write(run.db, `update timer set at = ${args.now}`);
      return answer;
    },
  }),
  "keeps-misses-quiet": (run, store) => ({
    fire: async (args) => {
      await store.fire(args);
      write(run.db, "delete from notice");
    },
  }),
  "takes-any-code": (_run, store) => ({
    happen: async (args) => {
      const { happening } = args;
      if (happening.what.kind !== "redeemed") return store.happen(args);
      const what = { ...happening.what, code: "SPRING" };
      return store.happen({ ...args, happening: { ...happening, what } });
    },
  }),
  "dates-twice": watches("delete from occasion"),
  "loses-date": watches(
    "update watch set next_day = next_day + 1, due_at = due_at + 86400000 where due_at is not null",
  ),
  "dates-too-soon": (run, store) => ({
    watch: async (args) => {
      const answer = await store.watch({ ...args, now: args.now + dayMs });
      write(
        run.db,
        `update timer set at = 0 where (distribution, n) in
          (select distribution, n from message where state = 0 and gen = 1 and try = 0)`,
      );
      return answer;
    },
  }),
  "comes-twice": watches("delete from watched", "delete from entry"),
  "loses-comer": watches(
    "update watch set heard = coalesce((select max(seq) from contact_change), heard)",
  ),
  "ignores-approval": (run, store) => ({
    work: async (args) => {
      for (const campaign of await campaignsOf(run)) {
        const isAsked = campaign.phase === "pending" && campaign.approval?.state === "asked";
        if (isAsked) await put(run, { ...campaign, phase: "preparing", launchedAt: args.now });
      }
      return store.work(args);
    },
  }),
};

/** Something is forgotten whenever a campaign looks at what it watches. */
function watches(...forgetting: readonly string[]): Planting {
  return (run, store) => ({
    watch: async (args) => {
      for (const sql of forgetting) write(run.db, sql);
      return store.watch(args);
    },
  });
}

/** Messages are claimed as if nothing stood there in these documents. */
function claimsWithout(kind: "workspace" | "campaign", path: string): Planting {
  return (run, store) => ({
    intent: async (args) => {
      const before = run.db.all("select id, doc from document where kind = ?", kind);
      write(
        run.db,
        `update document set doc = json_replace(doc, '${path}', json('null')) where kind = '${kind}'`,
      );
      const answer = await store.intent(args);
      // What the claim itself wrote stays.
      for (const { id, doc } of before) {
        write(
          run.db,
          `update document set doc = json_replace(doc, '${path}', json(? -> '${path}'))
            where kind = '${kind}' and id = ?`,
          String(doc),
          String(id),
        );
      }
      return answer;
    },
  });
}

function write(db: Connection, sql: string, ...values: readonly string[]): void {
  const [attempt] = db.transact([() => db.run(sql, ...values)]);
  if (attempt?.ok === false) throw attempt.error;
}

async function idsOf(run: Run): Promise<ReadonlySet<string>> {
  return new Set((await campaignsOf(run)).map(({ id }) => id));
}

async function put({ clock, store }: Run, campaign: Campaign): Promise<void> {
  const doc = { ...campaign, rev: campaign.rev + 1 };
  const writes = [{ kind: "campaign", id: campaign.id, doc }] as const;
  await store.sync.commitWrites({ workspace, expect: [], writes, activity: null, now: clock.now });
}

async function remove({ clock, store }: Run, { id }: Campaign): Promise<void> {
  const writes = [{ kind: "campaign", id, doc: null }] as const;
  await store.sync.commitWrites({ workspace, expect: [], writes, activity: null, now: clock.now });
}
