import { describe, expect, test } from "vitest";
import { aCampaign, ana, anId, noon } from "../../tests/support/campaigns.ts";
import { dayMs, hourMs } from "#domain/core/time.ts";
import type { Act } from "#domain/sync/command.ts";
import { accepted, rejected } from "#domain/sync/decision.ts";
import { activityOf, claimed } from "./activity.ts";

const { id } = aCampaign();
const about = {
  user: ana,
  now: noon,
  before: [{ kind: "campaign", id, doc: aCampaign() }],
} as const;

describe("what the activity tells of a command", () => {
  test("a refused command is not told", () => {
    const act: Act = { name: "campaign.pause", args: { id } };
    expect(activityOf(act, rejected("illegal_move"), about)).toBeNull();
  });

  test("a removal is told by the name that was removed", () => {
    const act: Act = { name: "campaign.delete", args: { id } };
    const decision = accepted([{ kind: "campaign", id, doc: null }]);
    expect(activityOf(act, decision, about)).toEqual({
      campaignId: id,
      event: "campaign.delete",
      by: ana,
      at: noon,
      detail: { id, name: "Spring offer" },
    });
  });

  test("an edit tells which fields changed, and which of somebody else's it wrote over", () => {
    const change = { was: "a", set: "b" };
    const act: Act = {
      name: "campaign.edit",
      args: { id, name: change, content: { text: change } },
    };
    const lost = [{ field: "name", theirs: "c", mine: "b" }];
    const decision = accepted([{ kind: "campaign", id, doc: aCampaign({ name: "b" }) }], lost);
    expect(activityOf(act, decision, about)?.detail).toMatchObject({
      name: "b",
      fields: "name, text",
      overwrote: "name",
    });
  });

  test("an act on an audience belongs to the workspace, not to a campaign", () => {
    const act: Act = { name: "audience.delete", args: { id: anId(0x200) } };
    const decision = accepted([{ kind: "audience", id: anId(0x200), doc: null }]);
    expect(activityOf(act, decision, about)?.campaignId).toBeNull();
  });
});

describe("[S32] what a device claims about time", () => {
  test("[S49] is marked when it says of later than now: the clock was set since it was compared", () => {
    const ahead = { wall: noon + 5 * hourMs, offset: 0, offsetAge: 10 };
    expect(claimed(ahead, noon)).toEqual({ madeAt: noon, clockTrust: "low" });
    expect(claimed({ ...ahead, wall: noon + 30_000 }, noon)).toEqual({});
  });

  test("an act of just now, by a compared clock, needs no second time", () => {
    expect(claimed({ wall: noon - 500, offset: 400, offsetAge: 10 }, noon)).toEqual({});
  });

  test("an act of hours ago is told with its time, corrected by what was measured", () => {
    const at = { wall: noon - 2 * hourMs, offset: hourMs, offsetAge: 10 };
    expect(claimed(at, noon)).toEqual({ madeAt: noon - hourMs });
  });

  test("a clock that runs ahead cannot claim the future", () => {
    const claim = claimed({ wall: noon + dayMs, offset: null, offsetAge: null }, noon);
    expect(claim).toEqual({ madeAt: noon, clockTrust: "low" });
  });

  test("a clock that was not compared for a day is marked", () => {
    const at = { wall: noon - hourMs, offset: 0, offsetAge: dayMs + 1 };
    expect(claimed(at, noon)).toEqual({ madeAt: noon - hourMs, clockTrust: "low" });
  });
});
