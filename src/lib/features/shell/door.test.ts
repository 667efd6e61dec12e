import { describe, expect, it } from "vitest";
import { doorFor } from "./door.ts";

describe("door", () => {
  it("leads to the set-up of a new server from everywhere", () => {
    expect(doorFor("set-up", "/campaigns")).toBe("/set-up");
    expect(doorFor("set-up", "/set-up")).toBeNull();
  });

  it("remembers where somebody wanted to go before they sign in", () => {
    expect(doorFor("signed-out", "/campaigns/1")).toBe("/sign-in?to=%2Fcampaigns%2F1");
    expect(doorFor("signed-out", "/")).toBe("/sign-in");
    expect(doorFor("signed-out", "/set-up")).toBe("/sign-in");
  });

  it("leads past the door whoever is in already", () => {
    expect(doorFor("ready", "/sign-in")).toBe("/");
    expect(doorFor("ready", "/audience")).toBeNull();
  });

  it("sends nobody anywhere while it is unknown who is signed in", () => {
    expect(doorFor("loading", "/campaigns")).toBeNull();
  });
});
