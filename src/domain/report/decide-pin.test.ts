import { expect, test } from "vitest";
import { aCampaign, aContext, ana, anId, aView, ben } from "../../../tests/support/campaigns.ts";
import { decide } from "../sync/decide.ts";

const pin = { id: anId(0x500), rev: 1, user: ana, campaignId: aCampaign().id, at: 1 };
const add = { name: "pin.add", args: { id: pin.id, campaignId: pin.campaignId } } as const;
const remove = { name: "pin.remove", args: { id: pin.id } } as const;

test("everybody who may read a report may keep it offline, and it is theirs", () => {
  const view = aView({ campaign: [aCampaign()] });
  for (const role of ["admin", "office", "field", "manager"] as const) {
    expect(decide(view, add, aContext({ user: ana, role, now: 1 }))).toEqual({
      outcome: "ok",
      writes: [{ kind: "pin", id: pin.id, doc: pin }],
    });
  }
});

test("a campaign that is gone cannot be kept", () => {
  expect(decide(aView({}), add, aContext({}))).toMatchObject({ refusal: { type: "gone" } });
});

test("nobody takes away what another person keeps", () => {
  const view = aView({ campaign: [aCampaign()], pin: [pin] });
  expect(decide(view, remove, aContext({ user: ana }))).toMatchObject({ outcome: "ok" });
  expect(decide(view, remove, aContext({ user: ben }))).toMatchObject({
    refusal: { type: "gone" },
  });
});
