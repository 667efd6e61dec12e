import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  aCampaign,
  aConsentText,
  aContext,
  aView,
  anAccount,
  anAudience,
  ana,
  anId,
  ben,
  noon,
} from "../../../tests/support/campaigns.ts";
import { channels } from "../campaign/channel.ts";
import {
  approvalStates,
  contentHash,
  waitingActs,
  type Approval,
  type Campaign,
} from "../campaign/campaign.ts";
import { phases } from "../campaign/lifecycle.ts";
import { roles } from "../access/role.ts";
import type { SignUp } from "../audience/sign-up.ts";
import { commandNames, keysBeside, keysOf, type Act } from "./command.ts";
import { decide } from "./decide.ts";
import { retriedStates } from "../message/again.ts";
import type { View } from "./decision.ts";
import { guard } from "./guard.ts";
import { refusalTypes } from "./refusal.ts";

const campaignId = fc.constantFrom(anId(0x100), anId(0x101));
const audienceId = fc.constantFrom(anId(0x200), anId(0x201));
const accountId = fc.constantFrom(anId(0x300), anId(0x301));
const pinId = fc.constantFrom(anId(0x500), anId(0x501));
const workspaceId = anId(0x600);
const anyId = fc.constantFrom(anId(0x700), anId(0x701));
const text = fc.constantFrom("", " ", "a", "b", "Hello {{ first_name }}");
const remark = fc.option(fc.record({ at: fc.integer({ min: 1, max: 9 }), text }));
const content = fc.record({ subject: text, text, html: text });
const rule = fc.constantFrom(
  { kind: "all" } as const,
  { kind: "list", listId: anId(0x400) } as const,
  { kind: "filter", filter: { countries: ["PT"] } } as const,
  {
    kind: "recipients",
    campaignId: anId(0x100),
    picks: [{ state: "failed", reason: "network_error" }],
  } as const,
);
const instant = fc.integer({ min: noon - 10, max: noon + 10 });

const repeat = fc.record(
  {
    from: fc.constantFrom("2026-11-22T09:00", "9999-12-31T23:59", "soon"),
    every: fc.constantFrom("day" as const, "week" as const, "month" as const),
    interval: fc.constantFrom(0, 1, 99),
    until: fc.constantFrom("2026-11-21", "2030-01-01", ""),
    times: fc.constantFrom(0, 1, 2),
  },
  { requiredKeys: ["from", "every", "interval"] },
);

const trigger = fc.record({
  kind: fc.constant("event" as const),
  event: fc.constantFrom("order_paid", "Not A Name"),
  delayMinutes: fc.constantFrom(-1, 0, 60),
  againAfterHours: fc.constantFrom(null, 0, 24),
});

function change<T>(value: fc.Arbitrary<T>) {
  return fc.record({ was: value, set: value });
}

const approval: fc.Arbitrary<Approval> = fc.record({
  state: fc.constantFrom(...approvalStates),
  contentHash: fc.constant("x"),
  audienceRev: fc.constant(1),
  askedBy: fc.constantFrom(ana, ben),
  askedAt: instant,
  schedule: fc.constantFrom(null, { at: noon, zone: "", ifLate: "hold" as const }),
  by: fc.constantFrom(null, ben),
  at: fc.constantFrom(null, noon),
  reason: text,
});

const campaign: fc.Arbitrary<Campaign> = fc
  .record({
    id: campaignId,
    rev: fc.integer({ min: 1, max: 9 }),
    name: fc.constantFrom("a", "b"),
    type: fc.constantFrom("email", "sms"),
    content,
    audienceId: fc.option(audienceId),
    accountId: fc.option(accountId),
    phase: fc.constantFrom(...phases),
    pausedFrom: fc.option(fc.constantFrom("preparing", "active")),
    waiting: fc.option(fc.constantFrom(...waitingActs)),
    createdBy: fc.constantFrom(ana, ben),
    approval: fc.option(approval),
    schedule: fc.option(
      fc.record(
        {
          at: instant,
          zone: fc.constantFrom("", "UTC"),
          ifLate: fc.constantFrom("hold", "sendNow"),
          repeat,
        },
        { requiredKeys: ["at", "zone", "ifLate"] },
      ),
    ),
    trigger: fc.option(trigger),
  } as const)
  .map((fields) => aCampaign(fields));

const review = fc.record({
  rev: fc.integer({ min: 1, max: 9 }),
  contentHash: fc.oneof(
    fc.constantFrom("x"),
    campaign.map((each) => contentHash(each)),
  ),
  audienceId,
  audienceRev: fc.integer({ min: 1, max: 2 }),
  accountId,
});

const schedule = fc.record(
  {
    at: instant,
    zone: fc.constantFrom("", "UTC"),
    ifLate: fc.constantFrom("hold", "sendNow"),
    repeat,
  } as const,
  { requiredKeys: ["at", "zone", "ifLate"] },
);

const consent = fc.record(
  {
    channel: fc.constantFrom("email" as const, "sms" as const),
    text: fc.constantFrom(null, anId(0x500), anId(0x501)),
    how: fc.constantFrom("tick" as const, "signature" as const),
    signature: fc.constantFrom("M1 2L30 40", "<script>"),
  },
  { requiredKeys: ["channel", "text", "how"] },
);
const signUpId = fc.constantFrom(anId(0x600), anId(0x601));
const email = fc.constantFrom(null, "ann@example.org", "a•••@example.org", "nobody");
const phone = fc.constantFrom(null, "+351912345678", "+35•••678", "12");
const person = {
  firstName: fc.constantFrom("", "Ann", "a\nb"),
  lastName: text,
  email,
  phone,
  country: fc.constantFrom("", "PT", "pt"),
};

const signUp: fc.Arbitrary<SignUp> = fc.record({
  ...person,
  id: signUpId,
  rev: fc.integer({ min: 1, max: 9 }),
  sealed: fc.array(anyId, { maxLength: 2 }),
  consents: fc.constantFrom({}, {
    email: { granted: true, at: noon, text: null, how: "tick" },
  } as const),
  addedBy: fc.constantFrom(ana, ben),
  addedAt: instant,
  updatedAt: instant,
});

const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({
    name: fc.constant("contact.add" as const),
    args: fc.record({
      ...person,
      id: signUpId,
      place: text,
      consents: fc.array(consent, { maxLength: 2 }),
    }),
  }),
  fc.record({
    name: fc.constant("contact.edit" as const),
    args: fc.record(
      {
        id: signUpId,
        firstName: change(person.firstName),
        lastName: change(text),
        email: change(email),
        phone: change(phone),
        country: change(person.country),
        sealed: anyId,
      },
      { requiredKeys: ["id"] },
    ),
  }),
  fc.record({
    name: fc.constant("consent.in" as const),
    args: fc.tuple(signUpId, text, consent).map(([id, place, given]) => ({ id, place, ...given })),
  }),
  fc.record({
    name: fc.constant("consent.out" as const),
    args: fc.record({
      id: signUpId,
      channel: fc.constantFrom("email" as const, "sms" as const),
      place: text,
    }),
  }),
  fc.record({
    name: fc.constant("campaign.create" as const),
    args: fc.record({
      id: campaignId,
      type: fc.constantFrom(...channels),
      name: text,
      content,
      audienceId: fc.option(audienceId),
      accountId: fc.option(accountId),
    }),
  }),
  fc.record({
    name: fc.constant("campaign.edit" as const),
    args: fc.record(
      {
        id: campaignId,
        name: change(text),
        content: fc.record(
          { subject: change(text), text: change(text), html: change(text) },
          { requiredKeys: [] },
        ),
        audienceId: change(fc.option(audienceId)),
        accountId: change(fc.option(accountId)),
      },
      { requiredKeys: ["id"] },
    ),
  }),
  fc.record({
    name: fc.constant("campaign.schedule" as const),
    args: fc.record({ id: campaignId, schedule, review }),
  }),
  fc.record({
    name: fc.constant("campaign.approve" as const),
    args: fc.record({ id: campaignId, review }),
  }),
  fc.record({
    name: fc.constant("campaign.reject" as const),
    args: fc.record({ id: campaignId, reason: text }),
  }),
  fc.record({
    name: fc.constant("campaign.setLive" as const),
    args: fc.record({ id: campaignId, trigger, review }),
  }),
  fc.record({
    name: fc.constant("campaign.send" as const),
    args: fc.record({ id: campaignId, review }),
  }),
  fc.record({
    name: fc.constantFrom(
      "campaign.unschedule" as const,
      "campaign.pause" as const,
      "campaign.resume" as const,
      "campaign.end" as const,
      "campaign.cancel" as const,
      "campaign.delete" as const,
    ),
    args: fc.record({ id: campaignId }),
  }),
  fc.record({
    name: fc.constant("campaign.retry" as const),
    args: fc.record({
      id: campaignId,
      picks: fc.array(
        fc.record({
          state: fc.constantFrom(...retriedStates),
          reason: fc.constantFrom("unreachable", "opted_out"),
        } as const),
        { minLength: 1, maxLength: 3 },
      ),
    }),
  }),
  fc.record({
    name: fc.constant("campaign.annotate" as const),
    args: fc.record({ id: campaignId, note: pinId, was: fc.constant(null), set: remark }),
  }),
  fc.record({
    name: fc.constant("campaign.duplicate" as const),
    args: fc.record({ id: campaignId, from: campaignId, name: text }),
  }),
  fc.record({
    name: fc.constant("audience.create" as const),
    args: fc.record({ id: audienceId, name: text, rule }),
  }),
  fc.record({
    name: fc.constant("audience.edit" as const),
    args: fc.record(
      { id: audienceId, name: change(text), rule: change(rule) },
      { requiredKeys: ["id"] },
    ),
  }),
  fc.record({
    name: fc.constant("audience.delete" as const),
    args: fc.record({ id: audienceId }),
  }),
  fc.record({
    name: fc.constant("pin.add" as const),
    args: fc.record({ id: pinId, campaignId }),
  }),
  fc.record({ name: fc.constant("pin.remove" as const), args: fc.record({ id: pinId }) }),
  fc.record({
    name: fc.constant("report.keep" as const),
    args: fc.record({
      id: fc.constant(workspaceId),
      view: pinId,
      set: fc.option(fc.record({ name: text, query: text })),
    }),
  }),
  fc.record({
    name: fc.constant("report.default" as const),
    args: fc.record({ id: fc.constant(workspaceId), view: pinId, on: fc.boolean() }),
  }),
);

const aSavedView = { id: anId(0x500), name: "Weekly", query: "", by: ana, at: noon };
const aWorkspace = {
  id: workspaceId,
  rev: 1,
  name: "Acme",
  access: { fieldMaySend: false },
  createdAt: noon,
};

const view: fc.Arbitrary<View> = fc
  .record({
    campaign: fc.uniqueArray(campaign, { selector: (each) => each.id, maxLength: 2 }),
    audience: fc.subarray([anAudience(), anAudience({ id: anId(0x201), rev: 2 })]),
    pin: fc.subarray([
      { id: anId(0x500), rev: 1, user: ana, campaignId: anId(0x100), at: noon },
      { id: anId(0x501), rev: 1, user: ben, campaignId: anId(0x101), at: noon },
    ]),
    workspace: fc.subarray([aWorkspace, { ...aWorkspace, views: [aSavedView] }], { maxLength: 1 }),
    signUp: fc.uniqueArray(signUp, { selector: (each) => each.id, maxLength: 2 }),
    consentText: fc.subarray([aConsentText(), aConsentText({ id: anId(0x501), channel: "sms" })]),
    account: fc.subarray([anAccount(), anAccount({ id: anId(0x301), channel: "email" })]),
  })
  .map((rows) => aView(rows));

const context = fc
  .record({
    now: instant,
    user: fc.constantFrom(ana, ben),
    role: fc.constantFrom(...roles),
    access: fc.record({ fieldMaySend: fc.boolean() }),
    authority: fc.boolean(),
  })
  .map((fields) => aContext(fields));

const runs = { numRuns: 3_000 };

describe("[S4] decide", () => {
  test("answers every act that fits its schema, the same each time, without a throw", () => {
    fc.assert(
      fc.property(view, act, context, (rows, wanted, who) => {
        const first = decide(rows, wanted, who);
        expect(decide(rows, wanted, who)).toEqual(first);
        if (first.outcome === "rejected") expect(refusalTypes).toContain(first.refusal.type);
      }),
      runs,
    );
  });

  test("reads and writes only the rows that keysOf names", () => {
    fc.assert(
      fc.property(view, act, context, (rows, wanted, who) => {
        const known = rows.get("campaign", wanted.args.id);
        const beside = known === undefined ? [] : keysBeside(wanted, known);
        const named = new Set([...keysOf(wanted), ...beside].map(String));
        const looked: string[] = [];
        const watched: View = {
          get: (kind, id) => {
            looked.push(String([kind, id]));
            return rows.get(kind, id);
          },
        };
        const decision = decide(watched, wanted, who);
        const written =
          decision.outcome === "rejected" ? [] : decision.writes.map((w) => String([w.kind, w.id]));
        for (const key of [...looked, ...written]) expect(named).toContain(key);
      }),
      runs,
    );
  });

  test("raises a row's revision by one, and never leaves an act waiting on the server", () => {
    fc.assert(
      fc.property(view, act, context, (rows, wanted, who) => {
        const decision = decide(rows, wanted, { ...who, authority: true });
        if (decision.outcome === "rejected") return;
        for (const write of decision.writes) {
          if (write.doc === null || !("rev" in write.doc)) continue;
          const before = rows.get(write.kind, write.id);
          const rev = before !== undefined && "rev" in before ? before.rev : 0;
          expect(write.doc.rev).toBe(rev + 1);
          if (write.kind === "campaign" && wanted.name !== "campaign.edit") {
            expect(write.doc.waiting).toBeNull();
          }
        }
      }),
      runs,
    );
  });

  test("a device and the server decide alike, but for what only the server does", () => {
    fc.assert(
      fc.property(view, act, context, (rows, wanted, who) => {
        const device = decide(rows, wanted, { ...who, authority: false });
        const server = decide(rows, wanted, { ...who, authority: true });
        if (device.outcome === "rejected" || server.outcome === "rejected") return;
        const notes = device.writes.some(
          ({ kind, doc }) => kind === "campaign" && doc !== null && doc.waiting !== null,
        );
        if (notes) return;
        expect(server).toEqual(device);
      }),
      runs,
    );
  });

  test("the acts made here cover every command", () => {
    const seen = new Set(fc.sample(act, 2_000).map((each) => each.name));
    expect([...seen].toSorted()).toEqual([...commandNames].toSorted());
  });
});

describe("guard", () => {
  const removal: Act = { name: "audience.delete", args: { id: anAudience().id } };

  test("an audience that a planned or preparing campaign needs stays", () => {
    expect(guard(removal, [aCampaign({ phase: "scheduled" })])).toMatchObject({
      refusal: { type: "in_use", detail: { campaign: "Spring offer" } },
    });
    expect(
      guard(removal, [aCampaign({ phase: "paused", pausedFrom: "preparing" })]),
    ).not.toBeNull();
  });

  test("an audience of drafts, of running and of finished campaigns may go", () => {
    const others = (["draft", "pending", "active", "completed"] as const).map((phase) =>
      aCampaign({ phase }),
    );
    expect(guard(removal, others)).toBeNull();
  });
});
