import { describe, expect, test } from "vitest";
import {
  aCampaign,
  accountId,
  anAccount,
  anAudience,
  audienceId,
} from "../../../tests/support/delivery/world.ts";
import { noSendingRules } from "../access/sending-rules.ts";
import type { Act, Review } from "../sync/command.ts";
import type { DecideContext, Decision } from "../sync/decision.ts";
import type { Documents, Kind } from "../sync/document.ts";
import { contentHash, type Campaign, type Schedule } from "./campaign.ts";
import { decideCampaign } from "./decide.ts";

const now = Date.UTC(2026, 10, 22, 9);
const access = { fieldMaySend: false, sending: { ...noSendingRules, approval: true } };
const ana: DecideContext = { now, user: "ana", role: "office", access, authority: true };
const ben: DecideContext = { ...ana, user: "ben", role: "manager" };
const draft = aCampaign({ phase: "pending", launchedAt: null });
const at = now + 3_600_000;
const schedule: Schedule = { at, zone: "UTC", ifLate: "hold" };

type CampaignAct = Extract<Act, { readonly name: `campaign.${string}` }>;

function decide(campaign: Campaign, act: CampaignAct, context: DecideContext): Decision {
  const rows = { campaign, audience: anAudience(), account: anAccount() };
  const get = <K extends Kind>(kind: K): Documents[K] | undefined =>
    (rows as Partial<Documents>)[kind];
  return decideCampaign({ get }, act, context);
}

function after(campaign: Campaign, act: CampaignAct, context = ana): Campaign {
  const decision = decide(campaign, act, context);
  if (decision.outcome === "rejected") throw new Error(decision.refusal.type);
  const [write] = decision.writes;
  if (write?.kind !== "campaign" || write.doc === null) throw new Error("nothing was written");
  return write.doc;
}

function refusal(campaign: Campaign, act: CampaignAct, context: DecideContext): string | null {
  const decision = decide(campaign, act, context);
  return decision.outcome === "rejected" ? decision.refusal.type : null;
}

function reviewOf(campaign: Campaign): Review {
  const hash = contentHash(campaign);
  return { rev: campaign.rev, contentHash: hash, audienceId, audienceRev: 1, accountId };
}

const { id } = draft;
const send: CampaignAct = { name: "campaign.send", args: { id, review: reviewOf(draft) } };
const plan: CampaignAct = {
  name: "campaign.schedule",
  args: { id, schedule, review: reviewOf(draft) },
};

function approve(campaign: Campaign): CampaignAct {
  return { name: "campaign.approve", args: { id, review: reviewOf(campaign) } };
}

function reject(reason: string): CampaignAct {
  return { name: "campaign.reject", args: { id, reason } };
}

function edit(was: string, set: string): CampaignAct {
  return { name: "campaign.edit", args: { id, content: { text: { was, set } } } };
}

describe("S0-D7 approval before a launch", () => {
  test("who sends or schedules asks; another person's yes does what was asked for", () => {
    const asked = after(draft, send);
    expect(asked).toMatchObject({ phase: "pending", approval: { state: "asked", askedBy: "ana" } });
    expect(after(asked, approve(asked), ben)).toMatchObject({
      phase: "preparing",
      launchedAt: now,
      approval: { state: "approved", by: "ben", at: now },
    });
    const planned = after(draft, plan);
    expect(planned).toMatchObject({ phase: "pending", schedule: null });
    expect(after(planned, approve(planned), ben)).toMatchObject({ phase: "scheduled", schedule });
  });

  test("what shall wait for an event is asked for, too, and waits for it once approved", () => {
    const trigger = {
      kind: "event",
      event: "order_paid",
      delayMinutes: 0,
      againAfterHours: null,
    } as const;
    const live: CampaignAct = {
      name: "campaign.setLive",
      args: { id, trigger, review: reviewOf(draft) },
    };
    const waiting = after(draft, live);
    expect(waiting).toMatchObject({ phase: "pending", approval: { state: "asked", trigger } });
    expect(waiting.trigger).toBeUndefined();
    expect(after(waiting, approve(waiting), ben)).toMatchObject({ phase: "preparing", trigger });
  });

  test("nobody approves or rejects what they asked for themselves, nor what nobody asks for", () => {
    const asked = after(draft, send);
    expect(refusal(asked, approve(asked), ana)).toBe("own_approval");
    expect(refusal(asked, reject("No"), ana)).toBe("own_approval");
    expect(refusal(draft, approve(draft), ben)).toBe("not_asked");
  });

  test("what changed since it was looked at is not approved, and an edit ends the request", () => {
    const asked = after(draft, send);
    const stale = { ...reviewOf(asked), contentHash: "of before" };
    const act: CampaignAct = { name: "campaign.approve", args: { id, review: stale } };
    expect(refusal(asked, act, ben)).toBe("changed_since_review");
    const edited = after(asked, edit(asked.content.text, "Other words"));
    expect(edited.approval).toBeNull();
    expect(refusal(edited, approve(edited), ben)).toBe("not_asked");
    const renamed: CampaignAct = {
      name: "campaign.edit",
      args: { id, name: { was: asked.name, set: "Another name" } },
    };
    expect(after(asked, renamed).approval?.state).toBe("asked");
  });

  test("a planned campaign that is changed waits for a new yes, and keeps its time", () => {
    const asked = after(draft, plan);
    const planned = after(asked, approve(asked), ben);
    const edited = after(planned, edit(planned.content.text, "Other words"), {
      ...ana,
      user: "cem",
    });
    expect(edited).toMatchObject({
      phase: "pending",
      schedule: null,
      approval: { state: "asked", askedBy: "cem", schedule },
    });
    expect(after(edited, approve(edited), ben)).toMatchObject({ phase: "scheduled", schedule });
  });

  test("what was approved may be planned for another time, or sent at once, without asking again", () => {
    const asked = after(draft, plan);
    const planned = after(asked, approve(asked), ben);
    expect(after(planned, send)).toMatchObject({ phase: "preparing" });
  });

  test("a no has a reason, and whoever mends it asks again", () => {
    const asked = after(draft, send);
    expect(refusal(asked, reject("  "), ben)).toBe("invalid");
    const no = after(asked, reject("The price is wrong"), ben);
    expect(no).toMatchObject({
      phase: "pending",
      approval: { state: "rejected", by: "ben", reason: "The price is wrong" },
    });
    expect(after(no, send)).toMatchObject({ approval: { state: "asked", reason: "" } });
  });

  test("the request is taken back as a date is", () => {
    const asked = after(draft, plan);
    expect(after(asked, { name: "campaign.unschedule", args: { id } }).approval).toBeNull();
  });

  test("on a device the answer only waits, and what follows is judged from where it leads", () => {
    const asked = after(draft, send);
    const device = { ...ben, authority: false };
    const waiting = after(asked, approve(asked), device);
    expect(waiting).toMatchObject({ phase: "pending", waiting: "approve" });
    expect(refusal(waiting, edit(asked.content.text, "Other"), device)).toBe("already_sent");
    expect(after(asked, reject("No"), device)).toMatchObject({ waiting: "reject" });
  });

  test("where nobody asks for approval, a launch is a launch", () => {
    const free = { ...ana, access: { fieldMaySend: false } };
    expect(after(draft, send, free)).toMatchObject({ phase: "preparing" });
  });
});
