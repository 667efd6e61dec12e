import { describe, expect, test } from "vitest";
import { aCampaign, aContext, anId, aView, noon } from "../../../tests/support/campaigns.ts";
import { noSendingRules } from "../access/sending-rules.ts";
import { hourMs } from "../core/time.ts";
import type { CommandArgs } from "../sync/command.ts";
import { decide } from "../sync/decide.ts";
import type { DecideContext, Decision } from "../sync/decision.ts";
import { withProposed } from "./proposed.ts";
import { contentHash, type Campaign } from "./campaign.ts";

const paused = aCampaign({
  phase: "paused",
  pausedFrom: "active",
  pauseReason: "user",
  launchedAt: noon - hourMs,
});

function edit(
  campaign: Campaign,
  change: Omit<CommandArgs["campaign.edit"], "id">,
  context: Partial<DecideContext> = {},
): Decision {
  const act = { name: "campaign.edit", args: { id: campaign.id, ...change } } as const;
  return decide(aView({ campaign: [campaign] }), act, aContext(context));
}

function text(set: string, was = paused.content.text) {
  return { content: { text: { was, set } } };
}

describe("an edit of what is still queued", () => {
  test("a paused campaign may say something else, and stays paused", () => {
    const decision = edit(paused, text("New words"));
    expect(decision).toMatchObject({
      outcome: "ok",
      writes: [{ doc: { phase: "paused", pausedFrom: "active", content: { text: "New words" } } }],
    });
  });

  test("offline, it may be edited as soon as the pause was asked for", () => {
    const waits = aCampaign({ phase: "active", launchedAt: noon, waiting: "pause" });
    expect(edit(waits, text("New words"), { authority: false })).toMatchObject({
      writes: [{ doc: { phase: "active", waiting: "pause", content: { text: "New words" } } }],
    });
  });

  test("whom it goes to and which way was frozen with the launch", () => {
    for (const field of ["audienceId", "accountId"] as const) {
      const decision = edit(paused, { [field]: { was: paused[field], set: anId(7) } });
      expect(decision).toMatchObject({
        outcome: "rejected",
        refusal: { type: "already_sent", field },
      });
    }
  });

  test("it stays fit to go out: nothing may be left empty, nor end before now", () => {
    expect(edit(paused, text(""))).toMatchObject({
      refusal: { type: "incomplete", field: "content.text" },
    });
    expect(edit(paused, { validUntil: { was: null, set: noon - 1 } })).toMatchObject({
      refusal: { type: "invalid", field: "validUntil" },
    });
    expect(edit(paused, { validUntil: { was: null, set: noon + hourMs } })).toMatchObject({
      writes: [{ doc: { validUntil: noon + hourMs } }],
    });
  });

  test("two people who edit it at once are told of each other", () => {
    expect(edit(paused, text("Mine", "What both read"))).toMatchObject({
      outcome: "merged",
      lost: [{ field: "content.text", theirs: paused.content.text, mine: "Mine" }],
    });
  });

  test("what is paused and goes out again and again is edited for its next run", () => {
    const repeat = { from: "2026-11-23T09:00", every: "day", interval: 1 } as const;
    const schedule = { at: noon + hourMs, zone: "UTC", ifLate: "hold", repeat } as const;
    expect(edit({ ...paused, schedule }, text("New words"))).toMatchObject({
      outcome: "ok",
      writes: [{ doc: { phase: "paused" } }],
    });
  });
});

describe("an edit of what goes on to whoever enters", () => {
  const trigger = {
    kind: "event",
    event: "order_paid",
    delayMinutes: 0,
    againAfterHours: null,
  } as const;
  const live = aCampaign({
    phase: "active",
    launchedAt: noon - hourMs,
    trigger,
  });
  const asking = { fieldMaySend: false, sending: { ...noSendingRules, approval: true } };

  test("S0-D1 its text changes while it stays live; whom it goes to and which way does not", () => {
    expect(edit(live, text("New words"))).toMatchObject({
      outcome: "ok",
      writes: [{ doc: { phase: "active", content: { text: "New words" } } }],
    });
    for (const field of ["audienceId", "accountId"] as const) {
      expect(edit(live, { [field]: { was: live[field], set: anId(7) } })).toMatchObject({
        refusal: { type: "already_sent", field },
      });
    }
    expect(edit(live, text(""))).toMatchObject({
      refusal: { type: "incomplete", field: "content.text" },
    });
  });

  const olga = anId(0xe);
  const proposal = { asked: { access: asking }, answer: { access: asking, user: olga } } as const;

  test.each([
    ["approval is on", { access: asking }],
    ["the person may not send", { role: "field", user: live.createdBy }],
  ] as const)(
    "S0-D7 where %s it goes on with the text it has, and the new one waits for a yes",
    (_, who) => {
      const proposed = after(edit(live, text("New words"), who));
      expect(proposed).toMatchObject({
        phase: "active",
        content: live.content,
        proposed: { text: "New words" },
        approval: { state: "asked", contentHash: contentHash(withProposed(proposed)) },
      });
      const name = { name: { was: live.name, set: "Another name" } };
      const renamed = edit(live, name, who);
      expect(after(renamed)).toMatchObject({ name: "Another name", content: live.content });
      expect(after(renamed).proposed ?? null).toBe(null);
    },
  );

  test("S0-D7 what another person says yes to is what it says from then on; one's own yes, and one to another text, are none", () => {
    const proposed = after(edit(live, text("New words"), proposal.asked));
    const seen = withProposed(proposed);
    expect(answered(proposed, seen, proposal.asked)).toMatchObject({
      refusal: { type: "own_approval" },
    });
    expect(answered(proposed, live, proposal.answer)).toMatchObject({
      refusal: { type: "changed_since_review" },
    });
    expect(after(answered(proposed, seen, proposal.answer))).toMatchObject({
      phase: "active",
      content: { text: "New words" },
      proposed: null,
      approval: { state: "approved", by: olga },
    });
  });

  test("S0-D7 a no keeps the text that goes on, and the next edit begins from what was proposed", () => {
    const proposed = after(edit(live, text("New words"), proposal.asked));
    const args = { id: live.id, reason: "Too loud" };
    const rejected = after(
      decide(
        aView({ campaign: [proposed] }),
        { name: "campaign.reject", args },
        aContext(proposal.answer),
      ),
    );
    expect(rejected).toMatchObject({ content: live.content, approval: { state: "rejected" } });
    const again = edit(rejected, text("Softer words", "New words"), proposal.asked);
    expect(again).toMatchObject({ outcome: "ok" });
    expect(after(again)).toMatchObject({
      content: live.content,
      proposed: { text: "Softer words" },
      approval: { state: "asked", reason: "" },
    });
  });

  test("a proposal is taken back by who asked, and by typing what it says already", () => {
    const proposed = after(edit(live, text("New words"), proposal.asked));
    const back = decide(
      aView({ campaign: [proposed] }),
      { name: "campaign.unschedule", args: { id: live.id } },
      aContext(proposal.asked),
    );
    const undone = edit(proposed, text(live.content.text, "New words"), proposal.asked);
    for (const decision of [back, undone]) {
      expect(after(decision)).toMatchObject({
        phase: "active",
        content: live.content,
        proposed: null,
        approval: null,
      });
    }
  });

  test("a name that is changed while a text waits asks nobody anew; who may change it alone decides for all", () => {
    const proposed = after(edit(live, text("New words"), proposal.asked));
    const name = { name: { was: live.name, set: "Another name" } };
    expect(after(edit(proposed, name, proposal.answer))).toMatchObject({
      name: "Another name",
      content: live.content,
      proposed: { text: "New words" },
      approval: proposed.approval,
    });
    expect(after(edit(proposed, text("My words", "New words"), { user: olga }))).toMatchObject({
      content: { text: "My words" },
      proposed: null,
      approval: null,
    });
  });

  test("it is paused and resumed with the text it has while another waits", () => {
    const proposed = after(edit(live, text("New words"), proposal.asked));
    const act = (campaign: Campaign, name: "campaign.pause" | "campaign.resume") =>
      after(
        decide(
          aView({ campaign: [campaign] }),
          { name, args: { id: live.id } },
          aContext(proposal.asked),
        ),
      );
    const stopped = act(proposed, "campaign.pause");
    expect(act(stopped, "campaign.resume")).toMatchObject({
      phase: "active",
      content: live.content,
      proposed: { text: "New words" },
    });
  });

  test("S0-D7 what repeats proposes its next text in the same way; another audience still needs a copy", () => {
    const repeat = { from: "2026-11-23T09:00", every: "day", interval: 1 } as const;
    const schedule = { at: noon + hourMs, zone: "UTC", ifLate: "hold", repeat } as const;
    const recurring = aCampaign({ phase: "active", launchedAt: noon - hourMs, schedule });
    expect(after(edit(recurring, text("New words"), proposal.asked))).toMatchObject({
      content: recurring.content,
      proposed: { text: "New words" },
    });
    const other = edit(
      recurring,
      { accountId: { was: recurring.accountId, set: anId(7) } },
      proposal.asked,
    );
    expect(other).toMatchObject({ outcome: "rejected" });
  });

  test("once it was ended, or while that is asked for, everything was said", () => {
    for (const over of [{ endedAt: noon, phase: "settling" }, { waiting: "end" }] as const) {
      expect(edit({ ...live, ...over }, text("New words"))).toMatchObject({
        refusal: { type: "already_sent" },
      });
    }
  });
});

function after(decision: Decision): Campaign {
  if (decision.outcome === "rejected") throw new Error(decision.refusal.type);
  const [write] = decision.writes;
  if (write?.kind !== "campaign" || write.doc === null) throw new Error("no campaign");
  return write.doc;
}

function answered(campaign: Campaign, seen: Campaign, context: Partial<DecideContext>) {
  const { audienceId, accountId, rev } = campaign;
  if (audienceId === null || accountId === null) throw new Error("incomplete");
  const review = { rev, contentHash: contentHash(seen), audienceId, audienceRev: 1, accountId };
  const act = { name: "campaign.approve", args: { id: campaign.id, review } } as const;
  return decide(aView({ campaign: [campaign] }), act, aContext(context));
}
