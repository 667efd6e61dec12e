import { describe, expect, it } from "vitest";
import { may, type Permission } from "#domain/access/permission.ts";
import type { Role } from "#domain/access/role.ts";
import type { Campaign } from "#domain/campaign/campaign.ts";
import { actsOf, reasonAgainst, type Asker } from "./campaign-acts.ts";

function aCampaign(fields: Partial<Campaign> = {}): Campaign {
  return {
    id: "0190b4c0-0000-7000-8000-000000000001",
    number: 7,
    rev: 1,
    name: "Summer sale",
    group: "messaging",
    type: "email",
    content: { subject: "Hello", text: "Hello", html: "" },
    audienceId: "a",
    accountId: "b",
    schedule: null,
    phase: "pending",
    pausedFrom: null,
    pauseReason: null,
    waiting: null,
    createdAt: 1,
    createdBy: "ana",
    updatedAt: 1,
    launchedAt: null,
    startedAt: null,
    submittedAt: null,
    completedAt: null,
    total: null,
    ...fields,
  };
}

function asker(role: Role, user = "ana"): Asker {
  return { role, user, may: (permission: Permission) => may(role, permission) };
}

function possible(campaign: Campaign, who: Asker = asker("office")): string[] {
  return actsOf(campaign, who)
    .filter(({ reason }) => reason === null)
    .map(({ name }) => name);
}

describe("acts on a campaign", () => {
  it("[S2-34] a pending campaign can be edited, copied, canceled and deleted", () => {
    expect(possible(aCampaign())).toEqual(["edit", "duplicate", "cancel", "delete"]);
  });

  it("[S2-32] a scheduled campaign can be taken off the schedule too", () => {
    expect(possible(aCampaign({ phase: "scheduled" }))).toContain("unschedule");
  });

  it("a campaign that sends can be paused and canceled, and says why not edited or deleted", () => {
    const active = aCampaign({ phase: "active" });
    expect(possible(active)).toEqual(["pause", "duplicate", "cancel"]);
    expect(reasonAgainst("delete", active, asker("office"))).toBe(
      "It is being sent: cancel it first",
    );
  });

  it("judges from where a waiting act leads", () => {
    expect(possible(aCampaign({ waiting: "send" }))).toEqual(["pause", "duplicate", "cancel"]);
    expect(possible(aCampaign({ phase: "active", waiting: "pause" }))).toContain("resume");
  });

  it("greys out what the role does not allow, and the campaigns of others for the field", () => {
    expect(possible(aCampaign(), asker("manager"))).toEqual([]);
    expect(possible(aCampaign(), asker("field", "ben"))).toEqual(["duplicate"]);
  });
});
