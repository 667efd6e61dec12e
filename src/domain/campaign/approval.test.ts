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

describe("an edit of a paused campaign", () => {
  const paused = aCampaign({ phase: "paused", pausedFrom: "active", pauseReason: "user" });
  const { text } = paused.content;
  const say = (set: string, was = text): CampaignAct => ({
    name: "campaign.edit",
    args: { id, content: { text: { was, set } } },
  });
  const resume: CampaignAct = { name: "campaign.resume", args: { id } };

  test("S0-D7 another person has to agree before it goes on", () => {
    const edited = after(paused, say("New words"));
    expect(edited.approval).toMatchObject({ state: "asked", askedBy: "ana" });
    expect(refusal(edited, resume, ana)).toBe("needs_approval");
    expect(refusal(edited, approve(edited), ana)).toBe("own_approval");
    expect(refusal(edited, { name: "campaign.unschedule", args: { id } }, ana)).not.toBeNull();

    const agreed = after(edited, approve(edited), ben);
    expect(agreed).toMatchObject({ phase: "paused", approval: { state: "approved", by: "ben" } });
    expect(after(agreed, resume).phase).toBe("active");
  });

  test("S0-D7 what was approved is what is sent: another edit has to be approved anew", () => {
    const edited = after(paused, say("New words"));
    const again = after(edited, say("Newer words", "New words"));
    expect(refusal(again, approve(edited), ben)).toBe("changed_since_review");
    const agreed = after(edited, approve(edited), ben);
    const late = after(agreed, say("Newer words", "New words"));
    expect(refusal(late, resume, ana)).toBe("needs_approval");
  });

  test("a no keeps it paused, until the workspace asks nobody any more", () => {
    const no: CampaignAct = { name: "campaign.reject", args: { id, reason: "Wrong price" } };
    const refused = after(after(paused, say("New words")), no, ben);
    expect(refusal(refused, resume, ana)).toBe("needs_approval");
    const alone = { ...ana, access: { ...access, sending: noSendingRules } };
    expect(after(refused, resume, alone)).toMatchObject({ phase: "active", approval: null });
  });

  test("nobody is asked about a new name, nor where launches are not approved", () => {
    const renamed = after(paused, {
      name: "campaign.edit",
      args: { id, name: { was: paused.name, set: "Better" } },
    });
    expect(renamed.approval ?? null).toBeNull();
    const alone = { ...ana, access: { ...access, sending: noSendingRules } };
    expect(after(after(paused, say("New words"), alone), resume, alone).phase).toBe("active");
  });
});

describe("S0-D7 who may not send asks, whatever the workspace wants of others", () => {
  const open = { fieldMaySend: false };
  const mine = aCampaign({ phase: "pending", launchedAt: null, createdBy: "finn" });
  const finn: DecideContext = { now, user: "finn", role: "field", access: open, authority: true };
  const olga: DecideContext = { ...finn, user: "olga", role: "office" };
  const mona: DecideContext = { ...finn, user: "mona", role: "manager" };
  const live: CampaignAct = {
    name: "campaign.setLive",
    args: {
      id,
      trigger: { kind: "event", event: "order_paid", delayMinutes: 0, againAfterHours: null },
      review: reviewOf(mine),
    },
  };

  test.each([
    ["send", send, "preparing"],
    ["schedule", plan, "scheduled"],
    ["set live", live, "preparing"],
  ] as const)("to %s their own; a manager's yes launches it", (_what, act, phase) => {
    const asked = after(mine, act, finn);
    expect(asked).toMatchObject({
      phase: "pending",
      approval: { state: "asked", askedBy: "finn" },
    });
    expect(refusal(asked, approve(asked), finn)).toBe("own_approval");
    expect(after(asked, approve(asked), mona)).toMatchObject({
      phase,
      approval: { state: "approved", by: "mona" },
    });
  });

  test("on the device it waits as any launch does, also without a network", () => {
    expect(after(mine, send, { ...finn, authority: false })).toMatchObject({ waiting: "send" });
  });

  test("others in the same workspace send at once, and what was made by others is not theirs", () => {
    expect(after(mine, send, olga)).toMatchObject({ phase: "preparing" });
    expect(refusal({ ...mine, createdBy: "olga" }, send, finn)).toBe("forbidden");
    const may = { ...finn, access: { fieldMaySend: true } };
    expect(after(mine, send, may)).toMatchObject({ phase: "preparing" });
  });

  test("they take back what they asked for, also once it is planned: nothing goes out by it", () => {
    const asked = after(mine, plan, finn);
    const takeBack: CampaignAct = { name: "campaign.unschedule", args: { id } };
    expect(after(asked, takeBack, finn)).toMatchObject({ approval: null, phase: "pending" });
    const planned = after(asked, approve(asked), olga);
    expect(after(planned, takeBack, finn)).toMatchObject({ phase: "pending", schedule: null });
  });

  test("one yes is for one launch, and an edit of what is planned is asked for anew", () => {
    const asked = after(mine, plan, finn);
    const planned = after(asked, approve(asked), olga);
    expect(after(planned, send, finn)).toMatchObject({ approval: { state: "asked" } });
    const say: CampaignAct = {
      name: "campaign.edit",
      args: { id, content: { text: { was: planned.content.text, set: "Other" } } },
    };
    const byOthers = { ...planned, approval: null };
    for (const known of [planned, byOthers]) {
      expect(after(known, say, finn)).toMatchObject({
        phase: "pending",
        approval: { state: "asked", askedBy: "finn", schedule },
      });
    }
    expect(after(byOthers, say, olga)).toMatchObject({ phase: "scheduled" });
  });
});
