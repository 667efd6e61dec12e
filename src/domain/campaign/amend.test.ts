import { describe, expect, test } from "vitest";
import { aCampaign, aContext, anId, aView, noon } from "../../../tests/support/campaigns.ts";
import { noSendingRules } from "../access/sending-rules.ts";
import { hourMs } from "../core/time.ts";
import type { CommandArgs } from "../sync/command.ts";
import { decide } from "../sync/decide.ts";
import type { DecideContext, Decision } from "../sync/decision.ts";
import type { Campaign } from "./campaign.ts";

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

  test("where launches are approved nobody changes alone what goes out by itself", () => {
    for (const context of [{ access: asking }, { role: "field", user: live.createdBy } as const]) {
      expect(edit(live, text("New words"), context)).toMatchObject({
        refusal: { type: "needs_approval" },
      });
    }
    const name = { name: { was: live.name, set: "Another name" } };
    expect(edit(live, name, { access: asking })).toMatchObject({ outcome: "ok" });
  });

  test("once it was ended, or while that is asked for, everything was said", () => {
    for (const over of [{ endedAt: noon, phase: "settling" }, { waiting: "end" }] as const) {
      expect(edit({ ...live, ...over }, text("New words"))).toMatchObject({
        refusal: { type: "already_sent" },
      });
    }
  });
});
