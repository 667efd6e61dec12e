// The story behind every recorded outbox: what the workspace held, what the device did before it
// went away, what it did while it was away, and what somebody else did meanwhile. A command that
// came with a version of the protocol is used from that version on.
import { defaultAccessSettings } from "#domain/access/permission.ts";
import { contentHash, type Campaign } from "#domain/campaign/campaign.ts";
import type { Id } from "#domain/core/id.ts";
import { dayMs, hourMs } from "#domain/core/time.ts";
import { noCounts } from "#domain/message/state.ts";
import type { Act, Review } from "#domain/sync/command.ts";
import type { Documents, Kind } from "#domain/sync/document.ts";
import { workspace, type RecordedOutbox } from "./shape.ts";

export type Row = { [K in Kind]: { readonly kind: K; readonly doc: Documents[K] } }[Kind];

function anId(n: number): Id {
  return `00000000-0000-7000-8000-${n.toString(16).padStart(12, "0")}`;
}

export const ana = anId(0xa);
export const ben = anId(0xb);

/** New ids, the same each time. */
export function ids(): () => Id {
  let made = 0;
  return () => {
    made += 1;
    return `00000000-0000-7000-9000-${made.toString(16).padStart(12, "0")}`;
  };
}

const everyone = anId(0x200);
const account = anId(0x300);
const list = anId(0x400);

/** Campaigns by what happens to them. */
const place = {
  renamed: 0x101,
  renamedByBothFirst: 0x102,
  deletedByBenFirst: 0x103,
  renamedByBoth: 0x104,
  deletedByBen: 0x105,
  sent: 0x106,
  planned: 0x107,
  unplanned: 0x108,
  paused: 0x109,
  resumed: 0x10a,
  canceled: 0x10b,
  deleted: 0x10c,
  copied: 0x10d,
  rewritten: 0x10e,
  plannedByClocks: 0x110,
  plannedByOwnClocks: 0x111,
  ending: 0x112,
  sentAtOnce: 0x113,
  sentAgain: 0x114,
  repeated: 0x115,
  ended: 0x116,
  approved: 0x117,
  rejected: 0x118,
  onEvent: 0x119,
  onCode: 0x11a,
  onEntry: 0x11b,
  onDate: 0x11c,
} as const;

const content = { subject: "", text: "Hello {{ first_name }}", html: "" };

/** What the workspace held at the beginning, as the server of that version had written it. */
export function firstDocuments(protocol: number, at: number): readonly Row[] {
  const made = { rev: 1, createdAt: at };
  return [
    {
      kind: "workspace",
      doc: { ...made, id: workspace, name: "Acme", access: defaultAccessSettings },
    },
    { kind: "member", doc: { id: ana, rev: 1, name: "Ana", role: "admin" } },
    { kind: "member", doc: { id: ben, rev: 1, name: "Ben", role: "office" } },
    { kind: "list", doc: { ...made, id: list, name: "Spring", count: 3 } },
    {
      kind: "account",
      doc: {
        ...made,
        id: account,
        name: "Sandbox",
        channel: "sms",
        provider: "sandbox",
        summary: {},
        limits: { perSecond: null, concurrency: 4 },
        updatedAt: at,
      },
    },
    { kind: "audience", doc: anAudience(0x200, "Everyone", at) },
    { kind: "audience", doc: anAudience(0x201, "Nobody needs it", at) },
    { kind: "audience", doc: anAudience(0x202, "Some", at) },
    ...Object.entries(place).map(([name, n]): Row => {
      return { kind: "campaign", doc: aCampaign(n, name, { protocol, at }) };
    }),
    {
      kind: "rollup",
      doc: {
        id: anId(place.sentAgain),
        total: 3,
        states: { ...noCounts, delivered: 1, failed: 2 },
        segments: { ...noCounts, delivered: 1, failed: 2 },
        reasons: [{ state: "failed", reason: "network_error", n: 2 }],
        spanMs: 60_000,
        series: [],
        rate: 0,
        at,
      },
    },
  ];
}

function anAudience(n: number, name: string, at: number): Documents["audience"] {
  return {
    id: anId(n),
    rev: 1,
    name,
    rule: { kind: "all" },
    count: null,
    reachable: null,
    countedAt: null,
    createdAt: at,
    updatedAt: at,
  };
}

interface Since {
  readonly protocol: number;
  readonly at: number;
}

function aCampaign(n: number, name: string, { protocol, at }: Since): Campaign {
  const draft: Campaign = {
    id: anId(n),
    number: 900 + n,
    rev: 1,
    name,
    group: "messaging",
    type: "sms",
    content,
    audienceId: everyone,
    accountId: account,
    schedule: null,
    phase: "pending",
    pausedFrom: null,
    pauseReason: null,
    waiting: null,
    createdAt: at,
    createdBy: ana,
    updatedAt: at,
    launchedAt: null,
    startedAt: null,
    submittedAt: null,
    completedAt: null,
    total: null,
  };
  return { ...draft, ...stateOf(n, { protocol, at }, draft) };
}

/** What makes each one ready for what happens to it. */
function stateOf(n: number, { protocol, at }: Since, draft: Campaign): Partial<Campaign> {
  const launched = { launchedAt: at, startedAt: at, total: 3 } as const;
  const schedule = { at: at + dayMs, zone: "Europe/Berlin", ifLate: "hold" } as const;
  switch (n) {
    case place.unplanned:
      return { phase: "scheduled", schedule };
    case place.paused:
    case place.canceled:
      return { ...launched, phase: "active" };
    case place.resumed:
      return { ...launched, phase: "paused", pausedFrom: "active", pauseReason: "user" };
    case place.sentAgain:
      return { ...launched, phase: "completed", submittedAt: at, completedAt: at };
    case place.ended: {
      const repeat = { from: "2026-11-22T09:00", every: "day", interval: 1 } as const;
      return protocol < 6
        ? {}
        : { launchedAt: at, phase: "active", schedule: { ...schedule, repeat } };
    }
    case place.approved:
    case place.rejected:
      return protocol < 7
        ? {}
        : {
            approval: {
              state: "asked",
              contentHash: contentHash(draft),
              audienceRev: 1,
              askedBy: ben,
              askedAt: at,
              schedule: null,
              by: null,
              at: null,
              reason: "",
            },
          };
    default:
      return {};
  }
}

function rename(n: number, was: string, set: string): Act {
  return { name: "campaign.edit", args: { id: anId(n), name: { was, set } } };
}

/** What the device did before it went away, and had answered: it left cards and a journal. */
export function onlineActs(): readonly Act[] {
  return [
    rename(place.renamed, "renamed", "Renamed"),
    rename(place.renamedByBothFirst, "renamedByBothFirst", "By Ana"),
    rename(place.deletedByBenFirst, "deletedByBenFirst", "Never seen"),
  ];
}

/** What Ben did before the device was answered: `early`, before it went away. */
export function theirActs(when: "early" | "late"): readonly Act[] {
  const [both, gone] =
    when === "early"
      ? (["renamedByBothFirst", "deletedByBenFirst"] as const)
      : (["renamedByBoth", "deletedByBen"] as const);
  return [
    rename(place[both], both, "By Ben"),
    { name: "campaign.delete", args: { id: anId(place[gone]) } },
  ];
}

/** What the device did while it was away: every command that the version knows. */
export function workActs(protocol: number, documents: RecordedOutbox["base"]): readonly Act[] {
  const reviewed = (n: number) => reviewOf(documents, anId(n));
  return steps(reviewed)
    .filter(({ since }) => since <= protocol)
    .flatMap(({ acts }) => acts);
}

interface Step {
  /** The version of the protocol that brought it. */
  readonly since: number;
  readonly acts: readonly Act[];
}

const zone = "Europe/Berlin";
const at = Date.UTC(2026, 11, 24, 8);
const never = null;

function steps(reviewed: (n: number) => Review): readonly Step[] {
  return [...firstSteps(reviewed), ...planningSteps(reviewed), ...laterSteps(reviewed)];
}

function firstSteps(reviewed: (n: number) => Review): readonly Step[] {
  const written = anId(0x180);
  const filter = { countries: ["DE"], cities: ["Berlin"], consent: "sms" } as const;
  const text = { was: content.text, set: "Hello again" };
  const acts: readonly Act[] = [
    {
      name: "campaign.create",
      args: {
        id: written,
        type: "sms",
        name: "Written on the train",
        content,
        audienceId: null,
        accountId: null,
      },
    },
    {
      name: "campaign.edit",
      args: {
        id: written,
        audienceId: { was: null, set: everyone },
        accountId: { was: null, set: account },
      },
    },
    { name: "campaign.edit", args: { id: anId(place.rewritten), content: { text } } },
    rename(place.renamedByBoth, "renamedByBoth", "By Ana"),
    rename(place.deletedByBen, "deletedByBen", "Kept on a card"),
    { name: "campaign.send", args: { id: anId(place.sent), review: reviewed(place.sent) } },
    {
      name: "campaign.schedule",
      args: {
        id: anId(place.planned),
        schedule: { at, zone, ifLate: "hold" },
        review: reviewed(place.planned),
      },
    },
    { name: "campaign.unschedule", args: { id: anId(place.unplanned) } },
    { name: "campaign.pause", args: { id: anId(place.paused) } },
    { name: "campaign.resume", args: { id: anId(place.resumed) } },
    { name: "campaign.cancel", args: { id: anId(place.canceled) } },
    { name: "campaign.delete", args: { id: anId(place.deleted) } },
    {
      name: "campaign.duplicate",
      args: { id: anId(0x181), from: anId(place.copied), name: "A copy" },
    },
    {
      name: "audience.create",
      args: { id: anId(0x280), name: "In Berlin", rule: { kind: "filter", filter } },
    },
    {
      name: "audience.edit",
      args: {
        id: anId(0x202),
        rule: { was: { kind: "all" }, set: { kind: "list", listId: list } },
      },
    },
    { name: "audience.delete", args: { id: anId(0x201) } },
  ];
  return [{ since: 1, acts }];
}

function planningSteps(reviewed: (n: number) => Review): readonly Step[] {
  const plan = (n: number, more: object): Act => ({
    name: "campaign.schedule",
    args: {
      id: anId(n),
      schedule: { at, zone, ifLate: "hold", wall: "2026-12-24T09:00", ...more },
      review: reviewed(n),
    },
  });
  const repeat = { from: "2026-12-24T09:00", every: "week", interval: 2, weekdays: [4], times: 5 };
  return [
    { since: 2, acts: [plan(place.plannedByClocks, {})] },
    {
      since: 3,
      acts: [
        plan(place.plannedByOwnClocks, { local: true }),
        {
          name: "campaign.edit",
          args: { id: anId(place.ending), validUntil: { was: null, set: at + hourMs } },
        },
      ],
    },
    {
      since: 6,
      acts: [
        plan(place.repeated, { repeat }),
        { name: "campaign.end", args: { id: anId(place.ended) } },
      ],
    },
  ];
}

function laterSteps(reviewed: (n: number) => Review): readonly Step[] {
  const picks = [{ state: "failed", reason: "network_error" }] as const;
  const wait = (
    n: number,
    trigger: Extract<Act, { name: "campaign.setLive" }>["args"]["trigger"],
  ): Act => ({
    name: "campaign.setLive",
    args: { id: anId(n), trigger, review: reviewed(n) },
  });
  const entrance = { delayMinutes: 5, againAfterHours: never };
  const answered = (n: number) => ({ id: anId(n), review: reviewed(n) });
  return [
    {
      since: 4,
      acts: [{ name: "campaign.send", args: { ...answered(place.sentAtOnce), atOnce: true } }],
    },
    {
      since: 5,
      acts: [
        { name: "campaign.retry", args: { id: anId(place.sentAgain), picks } },
        {
          name: "audience.create",
          args: {
            id: anId(0x281),
            name: "Missed",
            rule: { kind: "recipients", campaignId: anId(place.sentAgain), picks },
          },
        },
      ],
    },
    {
      since: 7,
      acts: [
        { name: "campaign.approve", args: answered(place.approved) },
        { name: "campaign.reject", args: { id: anId(place.rejected), reason: "Not this week." } },
      ],
    },
    { since: 8, acts: [wait(place.onEvent, { kind: "event", event: "order_paid", ...entrance })] },
    {
      since: 9,
      acts: [
        wait(place.onCode, { kind: "redeemed", code: "SPRING*", campaignId: null, ...entrance }),
        wait(place.onEntry, { kind: "entry", existing: "skip", ...entrance }),
        wait(place.onDate, {
          kind: "date",
          field: "birthday",
          every: "year",
          days: 0,
          time: "09:00",
          zone,
          local: true,
          order: "dayFirst",
          ifLate: "hold",
        }),
      ],
    },
    {
      since: 10,
      acts: [
        { name: "pin.add", args: { id: anId(0x500), campaignId: anId(place.sentAgain) } },
        { name: "pin.add", args: { id: anId(0x501), campaignId: anId(place.paused) } },
        { name: "pin.remove", args: { id: anId(0x501) } },
        {
          name: "campaign.edit",
          args: { id: anId(place.rewritten), budget: { was: null, set: { units: 500 } } },
        },
        ...atTheStand(),
      ],
    },
    { since: 11, acts: [...remarks(), ...keptReports()] },
    { since: 12, acts: fallingBack() },
  ];
}

/** A campaign with a text message for whoever it does not reach, which was rewritten. */
function fallingBack(): readonly Act[] {
  const id = anId(0x530);
  const fallback = { accountId: account, text: "Call us" };
  return [
    {
      name: "campaign.create",
      args: {
        id,
        type: "email",
        name: "By any way",
        content: { subject: "Hello", text: "Hello", html: "" },
        audienceId: everyone,
        accountId: null,
        fallback,
      },
    },
    {
      name: "campaign.edit",
      args: { id, fallback: { text: { was: fallback.text, set: "Please call us" } } },
    },
  ];
}

/** A view and a dashboard; one of them was taken away again. */
function keptReports(): readonly Act[] {
  const [view, board] = [anId(0x520), anId(0x521)];
  const tiles = [{ kind: "figure", what: "sent", wide: false }] as const;
  return [
    {
      name: "report.keep",
      args: { id: workspace, view, set: { name: "SMS", query: "channel=sms" } },
    },
    { name: "report.default", args: { id: workspace, view, on: true } },
    {
      name: "report.keep",
      args: { id: workspace, view: board, set: { name: "Board", query: "", tiles } },
    },
    { name: "report.keep", args: { id: workspace, view: board, set: null } },
  ];
}

/** One stays as it was changed, one was taken away again. */
function remarks(): readonly Act[] {
  const campaign = { id: anId(place.sentAgain) };
  const first = { at, text: "Rain in the north" };
  const note = (n: number, was: typeof first | null, set: typeof first | null): Act => ({
    name: "campaign.annotate",
    args: { ...campaign, note: anId(n), was, set },
  });
  return [
    note(0x510, null, first),
    note(0x510, first, { ...first, text: "Rain in the north and the east" }),
    note(0x511, null, first),
    note(0x511, first, null),
  ];
}

/** Somebody is added with what they agree to, corrected, agrees to more and takes one back. */
function atTheStand(): readonly Act[] {
  const id = anId(0x600);
  const stand = "Lisbon fair";
  return [
    {
      name: "contact.add",
      args: {
        id,
        firstName: "Ann",
        lastName: "Silva",
        email: "ann.silva@example.org",
        phone: null,
        country: "PT",
        place: stand,
        consents: [{ channel: "email", text: null, how: "tick" }],
      },
    },
    { name: "contact.edit", args: { id, phone: { was: null, set: "+351912345678" } } },
    { name: "consent.in", args: { id, channel: "sms", text: null, how: "tick", place: stand } },
    { name: "consent.out", args: { id, channel: "email", place: stand } },
  ];
}

/** What somebody saw who reviewed the campaign as the device knew it. */
function reviewOf(documents: RecordedOutbox["base"], id: Id): Review {
  const found = documents.find((each) => each.kind === "campaign" && each.id === id);
  if (found === undefined) throw new Error(`no campaign ${id}`);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the server's own document
  const campaign = found.doc as unknown as Campaign;
  return {
    rev: campaign.rev,
    contentHash: contentHash(campaign),
    audienceId: everyone,
    audienceRev: 1,
    accountId: account,
  };
}
