import { describe, expect, it } from "vitest";
import { cardAction, messagingLabel, messagingStatusLabels } from "./labels.ts";
import { phases } from "./lifecycle.ts";

describe("labels of messaging campaigns", () => {
  it("[S2-26] every phase is shown as one of four states", () => {
    expect(
      new Set(phases.map((phase) => messagingStatusLabels[messagingLabel(phase).status])),
    ).toEqual(new Set(["Pending", "Scheduled", "In Progress", "Completed"]));
  });

  it("[S2-27] a campaign is completed as soon as everything was submitted", () => {
    expect(messagingLabel("settling")).toEqual({ status: "completed", badge: null });
  });

  it("[S2-30] a paused campaign stays in progress and says that it is paused", () => {
    expect(messagingLabel("paused")).toEqual({ status: "in-progress", badge: "paused" });
  });

  it("[S2-33] a draft and a complete plan without a date are both pending", () => {
    expect(messagingLabel("pending")).toEqual({ status: "pending", badge: null });
    expect(messagingLabel("draft")).toEqual({ status: "pending", badge: "draft" });
  });

  it("[S2-41] [S2-43] only a completed campaign offers its report", () => {
    const withReport = phases.filter((phase) => cardAction(phase) === "report");
    expect(withReport).toEqual(["settling", "completed", "canceled"]);
  });
});
