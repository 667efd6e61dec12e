/**
 * Plants a mistake where a careless change of the engine or its store would make it. What only
 * changes the words of a call hands on the store's own promise: an async function of its own would
 * have the ledger note the commit after others of the same moment.
 */
import type { Limits } from "#domain/campaign/account.ts";
import type { MessageState } from "#domain/message/state.ts";
import { causes, mayMove, type Cause } from "#domain/message/transition.ts";
import type { Keys } from "#server/delivery/carriers.ts";
import { createTurns, type Seat, type Turns } from "#server/delivery/turns.ts";
import type { DeliveryStore, IntentAnswer, Settlement } from "#server/store/delivery-store.ts";
import type { LimitsStore } from "#server/store/limits-store.ts";
import { giveBack } from "#server/store/sqlite/code-ranges.ts";
import type { Connection } from "#server/store/sqlite/database.ts";
import { createMover, messageColumns, toMessage } from "#server/store/sqlite/delivery-moves.ts";
import { perform } from "#server/store/sqlite/parts.ts";
import { testKeys } from "../../support/delivery/drive.ts";
import { rulePlantings, type Planting } from "./rule-bugs.ts";
import { PowerCut, type Run } from "./run.ts";
import type { DeliveryBug } from "./violation.ts";

const never = 10 ** 14;

const plantings: Partial<Record<DeliveryBug, Planting>> = {
  ...rulePlantings,
  "counts-before-commit": (run, store) => ({
    settle: async (args) => {
      const before = run.db.all("select * from tally");
      const { after } = undone(run.db, "settle", args);
      refill(run.db, after);
      // The power may be cut with the counters written and the rows not.
      run.isDown = run.isFaulty && run.random.chance(0.1);
      if (run.isDown) throw new PowerCut("between counters and rows");
      refill(run.db, before);
      return store.settle(args);
    },
  }),
  "forgets-intent": (run, store) => ({
    intent: async (args) => {
      const { answer } = undone<IntentAnswer>(run.db, "intent", args);
      return answer.messages.length === 0 ? store.intent(args) : answer;
    },
  }),
  "resends-in-doubt": (_run, store) => ({
    settle: (args) =>
      store.settle({ ...args, settlements: args.settlements.map((each) => asNotSent(each)) }),
  }),
  "falls-in-doubt": (_run, store) => ({
    settle: (args) =>
      store.settle({ ...args, settlements: args.settlements.map((each) => asNotCapable(each)) }),
  }),
  "falls-twice": (run, store) => ({
    settle: async (args) => {
      if (args.way !== "fallback") return store.settle(args);
      const answer = await store.settle(args);
      const doubtful = args.settlements.filter(({ state }) => state === "ambiguous");
      run.db.transact([() => raiseGens(run.db, args.distribution, doubtful)]);
      return answer;
    },
  }),
  "no-evidence-order": (run) => ({
    prove: async ({ distribution, proofs }) => {
      run.db.transact([() => moveBlindly(run.db, distribution, proofs)]);
      return { applied: proofs.length, ignored: 0, news: [...proofs.keys()] };
    },
  }),
  "ignores-pause": (run, store) => ({
    work: async (args) => {
      const work = await store.work(args);
      return {
        ...work,
        open: work.open.map((each) =>
          each.phase === "paused" ? { ...each, phase: "active" } : each,
        ),
      };
    },
    intent: async (args) => {
      const isPaused = setPhases(run.db, "paused", "active") > 0;
      const answer = await store.intent(args);
      if (isPaused) setPhases(run.db, "active", "paused");
      return answer;
    },
  }),
  "ignores-opt-out": (run, store) => ({
    intent: async (args) => {
      const out = run.db.all("select contact, channel from consent where granted = 0");
      setConsent(run.db, out, 1);
      const answer = await store.intent(args);
      setConsent(run.db, out, 0);
      return answer;
    },
  }),
  "loses-timer": (_run, store) => ({
    settle: (args) =>
      store.settle({
        ...args,
        settlements: args.settlements.map((each) =>
          each.dueAt === null ? each : { ...each, dueAt: never },
        ),
      }),
  }),
  "drops-receipts": () => ({
    prove: async ({ proofs }) => ({
      applied: proofs.length,
      ignored: 0,
      news: [...proofs.keys()],
    }),
  }),
  "loses-kept": (run, store) => ({
    keptReceipts: async (args) => {
      const parts = await store.keptReceipts(args);
      const last = parts.at(-1);
      if (last !== undefined) await store.dropReceipts({ upTo: last.seq });
      // The power may be cut with the receipts gone and nothing merged.
      run.isDown = last !== undefined && run.isFaulty && run.random.chance(0.3);
      if (run.isDown) throw new PowerCut("between the inbox and the rows");
      return parts;
    },
  }),
  "loses-recipient": (run, store) => ({
    freeze: async (args) => {
      const answer = await store.freeze(args);
      if (answer !== "frozen") return answer;
      run.db.transact([
        () => {
          run.db.run("delete from message where n = (select max(n) from message)");
        },
      ]);
      return answer;
    },
  }),
  "retries-under-old-key": (run, store) => ({
    requeue: async (args) => {
      const before = run.db.all("select distribution, n, gen from message");
      const answer = await store.requeue(args);
      run.db.transact([
        () => {
          for (const { distribution, n, gen } of before) {
            run.db.run(
              "update message set gen = ? where distribution = ? and n = ? and gen > ?",
              Number(gen),
              Number(distribution),
              Number(n),
              Number(gen),
            );
          }
        },
      ]);
      return answer;
    },
  }),
  "repeats-with-new-words": (_run, store) => ({
    intent: async (args) => {
      const { messages, decided } = await store.intent(args);
      const { edition } = args;
      if (edition === undefined) return { messages, decided };
      return { messages: messages.map((each) => ({ ...each, edition })), decided };
    },
  }),
  "issues-code-twice": (run, store) => ({
    recover: async (args) => {
      run.db.transact([() => giveBackAll(run.db, "state_now = 1")]);
      return store.recover(args);
    },
  }),
  "returns-known-codes": (run, store) => ({
    cancel: async (args) => {
      const answer = await store.cancel(args);
      run.db.transact([() => giveBackAll(run.db, `distribution = ${args.distribution}`)]);
      return answer;
    },
  }),
  "retries-with-old-words": (_run, store) => ({
    intent: async (args) => {
      const { messages, decided } = await store.intent(args);
      const old = messages.map((each) => (each.gen > 1 ? { ...each, edition: 1 } : each));
      return { messages: old, decided };
    },
  }),
  "notes-no-text": (run, store) => ({
    intent: async (args) => {
      run.db.transact([() => run.db.run("update message set edition = 1")]);
      return store.intent(args);
    },
  }),
  "forgets-the-dead": (run, store) => ({
    recover: async (args) => {
      run.db.transact([() => requeue(run.db, args.now)]);
      return store.recover(args);
    },
  }),
};

/** The store with the run's mistake in it; as it is when there is none. */
export function plant(run: Run, store: DeliveryStore): DeliveryStore {
  const planted = run.plan.bug === null ? undefined : plantings[run.plan.bug]?.(run, store);
  return { ...store, ...planted };
}

/** What the engine may do to people, with the run's mistake in it. */
export function plantPeople<Part extends Pick<LimitsStore, "hear">>(
  bug: DeliveryBug | null,
  limits: Part,
): Part {
  if (bug !== "ignores-stop") return limits;
  return { ...limits, hear: async ({ heard }) => heard.length };
}

/** Keys with the run's mistake in them. */
export function plantKeys(bug: DeliveryBug | null): Keys {
  if (bug !== "new-key-on-repeat") return testKeys;
  const asked = new Map<number, number>();
  return {
    ...testKeys,
    of: (send) => {
      const tries = asked.get(send.n) ?? 0;
      asked.set(send.n, tries + 1);
      return testKeys.of({ ...send, gen: send.gen + tries });
    },
  };
}

/** How long proof is waited for, with the run's mistake in it. */
export function plantWindow(bug: DeliveryBug | null, windowMs: number): number {
  return bug === "waits-too-short" ? windowMs / 2 : windowMs;
}

/** Turns with the run's mistake in them. */
export function plantTurns(bug: DeliveryBug | null): Turns {
  const turns = createTurns();
  if (bug !== "keeps-the-turn") return turns;
  const seats = new Set<Seat>();
  return {
    get isShared() {
      return turns.isShared;
    },
    join: (seat) => {
      seats.add(seat);
      turns.join(seat);
    },
    leave: (seat) => {
      seats.delete(seat);
      turns.leave(seat);
    },
    offer: (seat) => turns.offer(seat),
    send: (now) => {
      for (const seat of seats) while (seat.send(now));
    },
    isFirst: (seat, now) => [...seats].find((each) => each === seat || each.wants(now)) === seat,
    share: (seat, amount, now) => turns.share(seat, amount, now),
    reservedBesides: (seat) => turns.reservedBesides(seat),
    claimed: (seat) => turns.claimed(seat),
    refused: (seat) => turns.refused(seat),
    passOn: (seat) => turns.passOn(seat),
  };
}

/** What the account allows, as the engine is told. */
export function plantLimits(bug: DeliveryBug | null, limits: Limits): Limits {
  if (bug !== "ignores-rate" || limits.perSecond === null) return limits;
  return { ...limits, perSecond: limits.perSecond * 10 };
}

function asNotCapable(each: Settlement): Settlement {
  if (each.state !== "ambiguous") return each;
  return { ...each, state: "failed", reason: "not_capable", dueAt: null };
}

function raiseGens(db: Connection, distribution: number, doubtful: readonly Settlement[]): void {
  for (const { n } of doubtful) {
    db.run(
      "update message set gen = gen + 1 where distribution = ? and n = ? and state = 2",
      distribution,
      n,
    );
  }
}

function asNotSent(each: Settlement): Settlement {
  if (each.state !== "ambiguous") return each;
  return { ...each, state: "queued", reason: "none", dueAt: each.at };
}

function moveBlindly(
  db: Connection,
  distribution: number,
  proofs: Parameters<DeliveryStore["prove"]>[0]["proofs"],
): void {
  const ws = Number(db.get("select ws from distribution where seq = ?", distribution)?.["ws"]);
  for (const { n, state, reason, at } of proofs) {
    const row = db.get(
      `select ${messageColumns} from standing where ws = ? and distribution = ? and n = ?`,
      ws,
      distribution,
      n,
    );
    if (row === undefined) continue;
    const mover = createMover(db, {
      ws,
      seq: distribution,
      codePool: null,
      byCarrier: false,
      fallsBack: false,
      keyRetentionMs: null,
      edition: 1,
    });
    mover.move(toMessage(row), { by: causeOf(toMessage(row).state, state), state, reason, at });
    mover.finish();
  }
}

/** Whoever may make the move by the table; a receipt, where nobody may. */
function causeOf(from: MessageState, to: MessageState): Cause {
  return causes.find((each) => mayMove(from, to, each)) ?? "receipt";
}

/** The codes of these messages, back in their pool. */
function giveBackAll(db: Connection, which: string): void {
  const rows = db.all(
    `select s.distribution, s.n, d.code_pool from standing s join distribution d
        on d.seq = s.distribution and d.code_pool is not null where ${which}`,
  );
  for (const row of rows) {
    const n = Number(row["n"]);
    const place = { distribution: Number(row["distribution"]), from: n, to: n };
    giveBack(db, Number(row["code_pool"]), place);
  }
}

/** Rows of dead engines, back in the queue with the counters in order. */
function requeue(db: Connection, now: number): void {
  for (const { seq, ws } of db.all("select seq, ws from distribution")) {
    const place = { ws: Number(ws), seq: Number(seq) };
    const mover = createMover(db, {
      ...place,
      codePool: null,
      byCarrier: false,
      fallsBack: false,
      keyRetentionMs: null,
      edition: 1,
    });
    const rows = db.all(
      `select ${messageColumns} from standing where distribution = ? and state_now = 1`,
      place.seq,
    );
    for (const row of rows) {
      mover.move(toMessage(row), { by: "engine", state: "queued", reason: "none", at: now });
      db.run(
        `insert into timer (ws, distribution, n, at, way)
         select ?1, ?2, ?3, ?4, exists (select 1 from fallen
           where ws = ?1 and distribution = ?2 and n = ?3)
         where true on conflict do nothing`,
        place.ws,
        place.seq,
        Number(row["n"]),
        now,
      );
    }
    mover.finish();
  }
}

function setPhases(db: Connection, from: string, to: string): number {
  const [attempt] = db.transact([
    () =>
      db.run(
        `update document set phase = ?, doc = json_set(doc, '$.phase', ?)
          where kind = 'campaign' and phase = ?`,
        to,
        to,
        from,
      ),
  ]);
  return attempt?.ok === true ? attempt.value : 0;
}

function setConsent(db: Connection, of: readonly Record<string, unknown>[], granted: 0 | 1): void {
  db.transact([
    () => {
      for (const { contact, channel } of of) {
        db.run(
          "update consent set granted = ? where contact = ? and channel = ?",
          granted,
          Number(contact),
          String(channel),
        );
      }
    },
  ]);
}

type Table = readonly Record<string, unknown>[];

interface Undone<T> {
  readonly answer: T;
  /** The tally as it was before it was taken back. */
  readonly after: Table;
}

class TakenBack<T> extends Error {
  readonly undone: Undone<T>;

  constructor(found: Undone<T>) {
    super("taken back");
    this.undone = found;
  }
}

/** Does the work and takes it back in the same turn. */
function undone<T>(db: Connection, method: keyof DeliveryStore, args: unknown): Undone<T> {
  const [attempt] = db.transact([
    (): never => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the caller names the operation whose answer it wants
      const answer = perform(db, { part: "delivery", method, args }) as T;
      throw new TakenBack({ answer, after: db.all("select * from tally") });
    },
  ]);
  db.takeMoved();
  if (attempt?.ok === false && attempt.error instanceof TakenBack) return attempt.error.undone;
  throw attempt?.ok === false ? attempt.error : new Error("nothing was taken back");
}

function refill(db: Connection, rows: Table): void {
  db.transact([
    () => {
      db.run("delete from tally");
      for (const row of rows) {
        const columns = Object.keys(row);
        const marks = columns.map(() => "?").join(", ");
        const values = Object.values(row).map(Number);
        db.run(`insert into tally (${columns.join(", ")}) values (${marks})`, ...values);
      }
    },
  ]);
}
