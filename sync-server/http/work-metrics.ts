/**
 * Gauges of everything that waits: read once for each scrape, and never before it was asked for, as
 * whoever looks whether something came to an end would be told of what was before it began.
 */
import { secondMs } from "#domain/core/time.ts";
import { Gauge, type Registry } from "prom-client";
import type { Counted, Waiting } from "../store/admin-store.ts";
import type { Store } from "../store/store.ts";
import { healthWarnings, type OperatorFacts } from "./health-warnings.ts";

export interface HealthDeps {
  readonly store: Pick<Store, "admin" | "load">;
  /** How many devices listen now. */
  readonly listeners: () => number;
  readonly health: () => Promise<OperatorFacts>;
  readonly clock: () => number;
}

interface Look {
  readonly waiting: Waiting;
  readonly facts: OperatorFacts;
}

/** A number, one for each label value, or null where there is nothing to tell. */
type Reading = number | null | readonly (readonly [label: string, value: number])[];

interface Measure {
  readonly name: string;
  readonly help: string;
  /** The name of its label; left out for a plain number. */
  readonly label?: string;
  readonly read: (look: Look, now: number) => Reading;
}

const measures: readonly Measure[] = [
  {
    name: "campaigns",
    help: "Campaigns that are not over, by phase; paused ones by reason",
    label: "phase",
    read: ({ waiting }) => labelled(waiting.campaigns),
  },
  {
    name: "messages_waiting",
    help: "Messages of those campaigns that are not at their end",
    label: "state",
    read: ({ waiting }) => labelled(waiting.messages),
  },
  {
    name: "oldest_unsent_seconds",
    help: "Since the launch of the campaign that has waited longest to be handed over",
    read: ({ waiting }, now) => age(waiting.oldestLaunchAt, now),
  },
  {
    name: "timers",
    help: "Repeats and ends of a wait",
    label: "kind",
    read: ({ waiting: { timers } }) => [
      ["all", timers.all],
      ["due", timers.due],
    ],
  },
  {
    name: "timers_late_seconds",
    help: "How late the first due timer is; those of paused campaigns wait for a person",
    read: ({ waiting }, now) => age(waiting.timers.firstAt, now),
  },
  {
    name: "chunks",
    help: "Parts of campaigns: at work, and not begun",
    label: "kind",
    read: ({ waiting: { chunks } }) => [
      ["leased", chunks.leased],
      ["fresh", chunks.fresh],
    ],
  },
  {
    name: "receipts_due",
    help: "Parts of campaigns whose receipts are due to be looked after",
    read: ({ waiting }) => waiting.receipts.due,
  },
  {
    name: "receipts_late_seconds",
    help: "How late the first of them is",
    read: ({ waiting }, now) => age(waiting.receipts.firstAt, now),
  },
  {
    name: "receipts_unmatched",
    help: "Receipts that match no message",
    label: "kind",
    read: ({ waiting: { unmatched } }) => [
      ["waiting", unmatched.waiting],
      ["given_up", unmatched.givenUp],
    ],
  },
  {
    name: "receipts_inbox",
    help: "Receipts that came faster than they are merged: durable, and not merged yet",
    read: ({ waiting }) => waiting.inbox.receipts,
  },
  {
    name: "receipts_inbox_bytes",
    help: "Their size; above a limit providers are asked to come later",
    read: ({ waiting }) => waiting.inbox.bytes,
  },
  {
    name: "receipts_inbox_seconds",
    help: "Since the first of them came",
    read: ({ waiting }, now) => age(waiting.inbox.firstAt, now),
  },
  {
    name: "notices_waiting",
    help: "Notices to people outside of the app that have not left",
    read: ({ waiting }) => waiting.notices.waiting,
  },
  {
    name: "notices_late_seconds",
    help: "How late the first of them is",
    read: ({ waiting }, now) => age(waiting.notices.firstAt, now),
  },
  {
    name: "watches",
    help: "Live campaigns that wait for a date or for who comes into an audience",
    label: "kind",
    read: ({ waiting: { watches } }) => [
      ["all", watches.all],
      ["due", watches.due],
    ],
  },
  {
    name: "watches_late_seconds",
    help: "How late the first due one is",
    read: ({ waiting }, now) => age(waiting.watches.firstAt, now),
  },
  {
    name: "outcomes_unnoted",
    help: "Campaigns of which it is not noted yet what they were for people: the rule of the unreachable waits",
    read: ({ waiting }) => waiting.unnoted,
  },
  {
    name: "mailboxes_failing",
    help: "Mailboxes of returned mails that cannot be read",
    read: ({ waiting }) => waiting.mailboxes.failing,
  },
  {
    name: "mailboxes_unread_seconds",
    help: "Since the first of them was last read",
    read: ({ waiting }, now) => age(waiting.mailboxes.firstAt, now),
  },
  {
    name: "reports_due",
    help: "Reports by e-mail whose time came",
    read: ({ waiting }) => waiting.reports.due,
  },
  {
    name: "reports_late_seconds",
    help: "How late the first of them is",
    read: ({ waiting }, now) => age(waiting.reports.firstAt, now),
  },
  {
    name: "illegal_evidence",
    help: "Evidence that asked for a move which no message makes; more than 0 is a fault of a provider or of ours",
    read: ({ waiting }) => waiting.illegalEvidence,
  },
  {
    name: "rollups_unflushed",
    help: "Campaigns whose counters devices have not got yet",
    read: ({ waiting }) => waiting.unflushed,
  },
  {
    name: "engine_step_age_seconds",
    help: "Since a step of the engine last ended well",
    read: ({ facts }, now) => age(facts.steppedAt, now),
  },
  {
    name: "engine_failed_steps",
    help: "Steps of the engine in a row that failed as a whole",
    read: ({ facts }) => facts.failedSteps,
  },
  {
    name: "campaigns_stuck",
    help: "Campaigns whose steps keep failing",
    read: ({ facts }) => facts.stuckCampaigns,
  },
  {
    name: "disk_free_bytes",
    help: "Free space where the data is",
    read: ({ facts }) => facts.freeBytes,
  },
  {
    name: "backup_age_seconds",
    help: "Since the last back-up; nothing where none was made",
    read: ({ facts }, now) => (facts.backedUpAt === null ? null : age(facts.backedUpAt, now)),
  },
  {
    name: "doctor_findings",
    help: "What the doctor found since it last recounted everything",
    read: ({ facts }) => facts.findings,
  },
  {
    name: "health_warnings",
    help: "What /health warns of: 1, else 0",
    label: "warning",
    read: ({ facts }) =>
      healthWarnings.map((name) => [name, facts.warnings.includes(name) ? 1 : 0] as const),
  },
];

export interface WorkMetrics {
  /** Brings all gauges to this moment or a later one. */
  look(): Promise<void>;
}

export function measureWork(registry: Registry, deps: HealthDeps): WorkMetrics {
  const { clock, listeners, store } = deps;
  let last: Look | null = null;
  for (const measure of measures)
    addGauge(registry, measure, async () => (last === null ? null : measure.read(last, clock())));
  addGauge(
    registry,
    { name: "live_devices", help: "Devices that listen to the live stream" },
    async () => listeners(),
  );
  addGauge(
    registry,
    { name: "store_queue", help: "Calls that wait for the database", label: "kind" },
    async () => Object.entries(store.load()),
  );
  const look = oneAtATime(async () => {
    const [waiting, facts] = await Promise.all([
      store.admin.waiting({ now: clock() }),
      deps.health(),
    ]);
    last = { waiting, facts };
  });
  return { look };
}

function addGauge(
  registry: Registry,
  { name, help, label }: Omit<Measure, "read">,
  read: () => Promise<Reading>,
): void {
  const gauge: Gauge = new Gauge({
    name: `fieldcast_${name}`,
    help,
    labelNames: label === undefined ? [] : [label],
    registers: [registry],
    collect: async () => {
      const reading = await read();
      gauge.reset();
      if (typeof reading === "number") gauge.set(reading);
      else if (reading === null) gauge.remove();
      else if (label !== undefined)
        for (const [value, n] of reading) gauge.set({ [label]: value }, n);
    },
  });
}

/** However many ask while it goes on, it is done once more for all of them, after that. */
function oneAtATime(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  const begin = (): Promise<void> => {
    next = null;
    running = work().finally(() => {
      running = null;
    });
    return running;
  };
  return () => {
    if (running === null) return begin();
    next ??= running.then(begin, begin);
    return next;
  };
}

function labelled(counts: readonly Counted[]): Reading {
  return counts.map(({ what, n }) => [what, n] as const);
}

/** 0 where nothing waits. */
function age(at: number | null, now: number): number {
  return at === null ? 0 : Math.max(0, (now - at) / secondMs);
}
