import { describe, expect, test } from "vitest";
import { plainNameWords } from "../core/name.ts";
import {
  aCampaign,
  aContext,
  aReview,
  aView,
  ana,
  anAccount,
  anAudience,
  anId,
  ben,
  noon,
} from "../../../tests/support/campaigns.ts";
import { noSendingRules } from "../access/sending-rules.ts";
import { hourMs } from "../core/time.ts";
import type { Act } from "../sync/command.ts";
import { decide } from "../sync/decide.ts";
import type { DecideContext, Decision } from "../sync/decision.ts";
import { emptyContent, type Campaign } from "./campaign.ts";

const account = anAccount();
const audience = anAudience();

function on(campaign: Campaign, act: Act, context: Partial<DecideContext> = {}): Decision {
  const view = aView({ campaign: [campaign], account: [account], audience: [audience] });
  return decide(view, act, aContext(context));
}

/** The campaign as the decision leaves it; fails the test when it was refused. */
function after(decision: Decision): Campaign {
  if (decision.outcome === "rejected") throw new Error(`refused: ${decision.refusal.type}`);
  const [write] = decision.writes;
  if (write?.kind !== "campaign" || write.doc === null) throw new Error("no campaign was written");
  return write.doc;
}

function refusal(decision: Decision): string {
  return decision.outcome === "rejected" ? decision.refusal.type : `accepted (${decision.outcome})`;
}

const { id } = aCampaign();
const sendAct = (campaign: Campaign): Act => ({
  name: "campaign.send",
  args: { id, review: aReview(campaign) },
});
const planAct = (campaign: Campaign, at: number): Act => ({
  name: "campaign.schedule",
  args: {
    id,
    schedule: { at, zone: "Europe/Lisbon", ifLate: "hold" },
    review: aReview(campaign),
  },
});
const planWall = (campaign: Campaign, wall: string, zone: string): Act => ({
  name: "campaign.schedule",
  args: {
    id,
    schedule: { at: noon + hourMs, wall, zone, ifLate: "hold" },
    review: aReview(campaign),
  },
});
const end = (was: number | null, set: number | null): Act => ({
  name: "campaign.edit",
  args: { id, validUntil: { was, set } },
});
const rename = (was: string, set: string): Act => ({
  name: "campaign.edit",
  args: { id, name: { was, set } },
});

function create(fields: object): Decision {
  const args = {
    id,
    type: "sms",
    name: "Spring",
    content: { ...emptyContent, text: "Hi" },
    audienceId: audience.id,
    accountId: account.id,
    ...fields,
  } as const;
  return decide(aView(), { name: "campaign.create", args }, aContext());
}

describe("the time to take a campaign back", () => {
  const access = { fieldMaySend: false, sending: { ...noSendingRules, delayMinutes: 10 } };

  test("S0-D2 what is sent by hand waits ten minutes, in which it is stopped, edited or sent at once", () => {
    const sent = after(on(aCampaign(), sendAct(aCampaign()), { access }));
    const at = noon + 10 * 60_000;
    expect(sent).toMatchObject({ phase: "scheduled", schedule: { at, delay: true } });
    expect(sent.launchedAt).toBeNull();

    const stopped = after(on(sent, { name: "campaign.unschedule", args: { id } }, { access }));
    expect(stopped).toMatchObject({ phase: "pending", schedule: null });
    expect(after(on(sent, rename(sent.name, "Better"), { access })).name).toBe("Better");

    const args = { id, review: aReview(sent), atOnce: true };
    const now = after(on(sent, { name: "campaign.send", args }, { access }));
    expect(now).toMatchObject({ phase: "preparing", schedule: null, launchedAt: noon });
  });

  test("S0-D2 it is off unless the workspace asks for it, and a plan goes out at its time", () => {
    expect(after(on(aCampaign(), sendAct(aCampaign()))).phase).toBe("preparing");
    const planned = after(on(aCampaign(), planAct(aCampaign(), noon + hourMs), { access }));
    expect(planned.schedule).toMatchObject({ at: noon + hourMs });
    expect(planned.schedule?.delay).toBeUndefined();
  });
});

describe("the end of a campaign", () => {
  test("a campaign that would end before it begins is not launched, and keeps its end otherwise", () => {
    const ending = after(on(aCampaign(), end(null, noon + hourMs)));
    expect(ending.validUntil).toBe(noon + hourMs);
    expect(after(on(ending, sendAct(ending))).validUntil).toBe(noon + hourMs);
    expect(on(ending, planAct(ending, noon + 2 * hourMs))).toMatchObject({
      refusal: { type: "invalid", field: "validUntil" },
    });
    const planned = after(on(aCampaign(), planAct(aCampaign(), noon + 2 * hourMs)));
    expect(refusal(on(planned, end(null, noon + hourMs)))).toBe("invalid");
  });
});

describe("creating", () => {
  test("a complete campaign is pending, an incomplete one a draft", () => {
    expect(after(create({})).phase).toBe("pending");
    expect(after(create({ audienceId: null })).phase).toBe("draft");
  });

  test("a channel that cannot be sent yet is refused at its field", () => {
    expect(create({ type: "line" })).toMatchObject({ refusal: { type: "invalid", field: "type" } });
  });

  test("a name of blanks is refused at its field", () => {
    expect(create({ name: "  " })).toMatchObject({ refusal: { type: "invalid", field: "name" } });
    const strange = {
      refusal: { type: "invalid", field: "name", detail: { message: plainNameWords } },
    };
    expect(create({ name: "a\nb" })).toMatchObject(strange);
    expect(on(aCampaign(), rename("Autumn", "a\u202Eb"))).toMatchObject(strange);
    const args = { id, name: "a\u0000b", rule: { kind: "all" } } as const;
    const saved = decide(aView(), { name: "audience.create", args }, aContext());
    expect(saved).toMatchObject(strange);
  });

  test("an id that exists is refused", () => {
    expect(
      refusal(on(aCampaign(), { name: "campaign.duplicate", args: { id, from: id, name: "x" } })),
    ).toBe("exists");
  });
});

describe("[S6] launching what was reviewed", () => {
  test("a device only notes that the launch waits; the server begins", () => {
    const campaign = aCampaign();
    const device = after(on(campaign, sendAct(campaign), { authority: false }));
    expect(device).toMatchObject({ phase: "pending", waiting: "send", launchedAt: null });
    const server = after(on(campaign, sendAct(campaign)));
    expect(server).toMatchObject({ phase: "preparing", waiting: null, launchedAt: noon });
  });

  test("content that changed since is refused", () => {
    const seen = aCampaign();
    const now = aCampaign({ content: { ...emptyContent, text: "Other words" } });
    expect(refusal(on(now, sendAct(seen)))).toBe("changed_since_review");
  });

  test("an audience whose rule changed since is refused", () => {
    const campaign = aCampaign();
    const view = aView({
      campaign: [campaign],
      account: [account],
      audience: [anAudience({ rev: 2 })],
    });
    expect(refusal(decide(view, sendAct(campaign), aContext()))).toBe("changed_since_review");
  });

  test("a deleted audience, a removed account and an account of another channel are refused", () => {
    const campaign = aCampaign();
    const act = sendAct(campaign);
    const campaignOnly = { campaign: [campaign] };
    const cases = [
      aView({ ...campaignOnly, account: [account] }),
      aView({ ...campaignOnly, audience: [audience] }),
      aView({ ...campaignOnly, audience: [audience], account: [anAccount({ channel: "email" })] }),
    ];
    expect(cases.map((view) => refusal(decide(view, act, aContext())))).toEqual([
      "audience_gone",
      "account_gone",
      "channel_mismatch",
    ]);
  });

  test("an incomplete campaign is refused at the first field that misses", () => {
    const campaign = aCampaign({ phase: "draft", content: emptyContent });
    expect(on(campaign, sendAct(campaign))).toMatchObject({
      refusal: { type: "incomplete", field: "content.text" },
    });
  });

  test("a campaign on its way is refused, and a canceled one too", () => {
    const sent = aCampaign({ phase: "active", launchedAt: noon });
    expect(refusal(on(sent, sendAct(sent)))).toBe("already_sent");
    const canceled = aCampaign({ phase: "canceled" });
    expect(refusal(on(canceled, sendAct(canceled)))).toBe("illegal_move");
  });

  test("a moment that passed is refused unless the person chose to send late", () => {
    const campaign = aCampaign();
    expect(refusal(on(campaign, planAct(campaign, noon - 1)))).toBe("schedule_in_past");
    const late: Act = {
      name: "campaign.schedule",
      args: {
        id,
        schedule: { at: noon - 1, zone: "UTC", ifLate: "sendNow" },
        review: aReview(campaign),
      },
    };
    expect(after(on(campaign, late)).phase).toBe("scheduled");
  });

  test("S3-04 what clocks shall show counts, not the moment that a device made of it", () => {
    const planned = after(
      on(aCampaign(), planWall(aCampaign(), "2027-07-01T09:00", "Europe/Lisbon")),
    );
    expect(planned.schedule?.at).toBe(Date.UTC(2027, 6, 1, 8));
    expect(refusal(on(aCampaign(), planWall(aCampaign(), "2025-07-01T09:00", "UTC")))).toBe(
      "schedule_in_past",
    );
  });

  test("a zone or a time that does not exist is refused at its field", () => {
    for (const [wall, zone, field] of [
      ["2027-07-01T09:00", "Mars/Olympus", "schedule.zone"],
      ["2027-02-30T09:00", "UTC", "schedule.wall"],
    ] as const) {
      expect(on(aCampaign(), planWall(aCampaign(), wall, zone))).toMatchObject({
        outcome: "rejected",
        refusal: { type: "invalid", field },
      });
    }
  });

  test("a missed time is forgotten once the campaign is planned or sent again", () => {
    const missed = aCampaign({ held: { plannedFor: noon - hourMs, zone: "UTC" } });
    expect(after(on(missed, planAct(missed, noon + hourMs))).held).toBeNull();
    expect(after(on(missed, sendAct(missed))).held).toBeNull();
  });
});

describe("editing", () => {
  test("[S5] two people who changed one field: the later arrives, the earlier is kept in the answer", () => {
    const decision = on(aCampaign({ name: "Ben's name" }), rename("Spring offer", "Ana's name"));
    expect(after(decision).name).toBe("Ana's name");
    expect(decision).toMatchObject({
      outcome: "merged",
      lost: [{ field: "name", theirs: "Ben's name", mine: "Ana's name" }],
    });
  });

  test("two people who changed different fields both get their way", () => {
    const decision = on(aCampaign({ content: { ...emptyContent, text: "Ben's" } }), {
      name: "campaign.edit",
      args: { id, name: { was: "Spring offer", set: "Ana's" } },
    });
    expect(decision.outcome).toBe("ok");
    expect(after(decision)).toMatchObject({ name: "Ana's", content: { text: "Ben's" } });
  });

  test("a campaign on its way keeps what it says", () => {
    for (const phase of ["preparing", "active", "settling", "completed"] as const) {
      const sent = aCampaign({ phase, launchedAt: noon });
      expect(refusal(on(sent, rename("Spring offer", "x")))).toBe("already_sent");
    }
  });

  test("a planned campaign may be edited before its time, and stays fit to go out", () => {
    const planned = aCampaign({
      phase: "scheduled",
      schedule: { at: noon + hourMs, zone: "UTC", ifLate: "hold" },
    });
    expect(after(on(planned, rename("Spring offer", "Later"))).phase).toBe("scheduled");
    expect(refusal(on(planned, rename("Spring offer", "x"), { now: noon + 2 * hourMs }))).toBe(
      "already_sent",
    );
    const empty: Act = {
      name: "campaign.edit",
      args: { id, content: { text: { was: planned.content.text, set: "" } } },
    };
    expect(refusal(on(planned, empty))).toBe("incomplete");
    const unknown: Act = {
      name: "campaign.edit",
      args: { id, accountId: { was: account.id, set: anId(0x999) } },
    };
    expect(refusal(on(planned, unknown))).toBe("account_gone");
  });
});

describe("acts that wait on the device", () => {
  const device = { authority: false } as const;

  test("after a waiting cancel nothing else is possible", () => {
    const waiting = aCampaign({ phase: "active", waiting: "cancel", launchedAt: noon });
    for (const name of ["campaign.pause", "campaign.resume", "campaign.cancel"] as const) {
      expect(refusal(on(waiting, { name, args: { id } }, device))).toBe("illegal_move");
    }
  });

  test("after a waiting send the campaign cannot be edited or deleted, but canceled", () => {
    const waiting = aCampaign({ waiting: "send" });
    expect(refusal(on(waiting, rename("Spring offer", "x"), device))).toBe("already_sent");
    expect(refusal(on(waiting, { name: "campaign.delete", args: { id } }, device))).toBe(
      "illegal_move",
    );
    const canceled = after(on(waiting, { name: "campaign.cancel", args: { id } }, device));
    expect(canceled).toMatchObject({ phase: "pending", waiting: "cancel" });
  });

  test("a date that waits is forgotten when it is taken back, also over an older date", () => {
    const schedule = { at: noon + hourMs, zone: "UTC", ifLate: "hold" } as const;
    for (const phase of ["pending", "scheduled"] as const) {
      const waiting = aCampaign({ phase, waiting: "schedule", schedule });
      const back = after(on(waiting, { name: "campaign.unschedule", args: { id } }, device));
      expect(back).toMatchObject({ phase: "pending", waiting: null, schedule: null });
    }
  });

  test("pause then resume, both waiting, ends where it began", () => {
    const sending = aCampaign({ phase: "preparing", launchedAt: noon });
    const paused = after(on(sending, { name: "campaign.pause", args: { id } }, device));
    const resumed = after(on(paused, { name: "campaign.resume", args: { id } }, device));
    expect(resumed).toMatchObject({ phase: "preparing", waiting: "resume" });
  });
});

describe("[S7] who may do what", () => {
  const campaign = aCampaign({ createdBy: ben });
  const acts: readonly Act[] = [
    { name: "campaign.edit", args: { id } },
    sendAct(campaign),
    { name: "campaign.pause", args: { id } },
    { name: "campaign.cancel", args: { id } },
    { name: "campaign.delete", args: { id } },
    { name: "campaign.duplicate", args: { id: anId(0x101), from: id, name: "Copy" } },
    { name: "audience.delete", args: { id: audience.id } },
  ];
  const forbidden = (context: Partial<DecideContext>, of = campaign): readonly string[] =>
    acts.filter((act) => refusal(on(of, act, context)) === "forbidden").map((act) => act.name);

  test("office and admin may do all of it", () => {
    expect(forbidden({ role: "office" })).toEqual([]);
    expect(forbidden({ role: "admin" })).toEqual([]);
  });

  test("a manager only pauses", () => {
    const allowed = acts
      .map((act) => act.name)
      .filter((name) => !forbidden({ role: "manager" }).includes(name));
    expect(allowed).toEqual(["campaign.pause"]);
  });

  test("a field marketer touches only their own, and sends only where the workspace allows it", () => {
    expect(forbidden({ role: "field", user: ana })).toEqual([
      "campaign.edit",
      "campaign.send",
      "campaign.pause",
      "campaign.cancel",
      "campaign.delete",
      "audience.delete",
    ]);
    const own = { role: "field", user: ben } as const;
    // Sending is asked for: approval.test.ts.
    expect(forbidden(own)).toEqual(["campaign.pause", "campaign.cancel", "audience.delete"]);
    expect(forbidden({ ...own, access: { fieldMaySend: true } })).toEqual(["audience.delete"]);
  });
});
