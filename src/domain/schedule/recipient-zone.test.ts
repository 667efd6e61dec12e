import { expect, test } from "vitest";
import { likelyZone, possibleZones } from "./recipient-zone.ts";

const zones: Readonly<Record<string, readonly string[]>> = {
  DE: ["Europe/Berlin", "Europe/Busingen"],
  US: ["America/Adak", "America/Los_Angeles", "America/New_York"],
  VN: ["Asia/Saigon"],
};
const ofCountry = (country: string): readonly string[] => zones[country] ?? [];
const nowhere = { timeZone: "", country: "", city: "" };

function likely(whereabouts: Partial<typeof nowhere>, ofCampaign = "Europe/London"): string {
  return likelyZone({ ...nowhere, ...whereabouts }, ofCountry, ofCampaign);
}

test("a contact's own zone comes first, if there is such a zone", () => {
  expect(likely({ timeZone: "Asia/Tokyo", country: "VN" })).toBe("Asia/Tokyo");
  expect(likely({ timeZone: "Mars/Olympus", country: "VN" })).toBe("Asia/Saigon");
});

test("a city that gave a zone its name tells the zone", () => {
  expect(likely({ country: "us", city: " los angeles " })).toBe("America/Los_Angeles");
  expect(possibleZones({ ...nowhere, country: "US", city: "New York" }, ofCountry)).toEqual([
    "America/New_York",
  ]);
});

test("of a country's several zones it is the campaign's, or the one where most people live", () => {
  expect(likely({ country: "US", city: "Boston" })).toBe("America/New_York");
  expect(likely({ country: "US" }, "America/Los_Angeles")).toBe("America/Los_Angeles");
  expect(likely({ country: "DE" })).toBe("Europe/Berlin");
  expect(possibleZones({ ...nowhere, country: "US", city: "Boston" }, ofCountry)).toHaveLength(3);
});

test("who is nowhere is where the campaign is", () => {
  expect(likely({})).toBe("Europe/London");
  expect(likely({ country: "ZZ", city: "Nowhere" })).toBe("Europe/London");
  expect(possibleZones(nowhere, ofCountry)).toEqual([]);
});
