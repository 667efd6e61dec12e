import { expect, test } from "vitest";
import {
  atOnceLines,
  budgetText,
  codesText,
  preflightLines,
  runLines,
  standingWords,
  waitingLines,
} from "./preflight-lines.ts";

const now = Date.parse("2026-11-21T12:00:00Z");

const told = {
  audience: "now",
  decided: 0,
  end: null,
  total: 1_200,
  recipients: 1_000,
  skips: [
    { reason: "no_consent", n: 150 },
    { reason: "duplicate_recipient", n: 50 },
  ],
  segments: 2_000,
  cost: null,
  unwritable: 0,
  waits: null,
  budget: null,
  missed: 0,
  codes: null,
  standing: null,
  startsAt: "2026-11-21T12:00:00Z",
  endsAt: null,
  fallback: null,
  looked: 1_000,
} as const;

function lines(part: object = {}): Readonly<Record<string, string>> {
  const all = preflightLines({ ...told, skips: [...told.skips], ...part }, now);
  return Object.fromEntries(all.map(({ name, value }) => [name, value]));
}

test("the review says who gets it, who does not and why, and what it costs in segments", () => {
  expect(lines()).toEqual({
    Contacts: "1,200",
    "Will be sent to": "1,000 recipients",
    "Will be skipped":
      "150: The recipient has not consented to this channel. 50: The same address already gets this campaign",
    Segments: "2,000 in all",
    "Through by":
      "not known: the account has no limit, and no campaign of late shows how fast it is",
  });
});

test("what was only estimated says so", () => {
  expect(lines({ looked: 500, unwritable: 3 })).toMatchObject({
    Segments: "about 2,000 in all",
    "Cannot be written": "about 3 messages: a merge field has no usable value",
  });
});

test("waits, the end of the campaign and the expected end are told where there are any", () => {
  const until = "2026-11-22T08:00:00Z";
  const berlin = { from: until, n: 4, zones: ["Europe/Berlin"] };
  const many = { from: until, n: 3, zones: ["America/New_York", "Asia/Tokyo", "Asia/Seoul"] };
  const waits = { n: 7, until, spread: [berlin, many] };
  const end = { limit: "account", perSecond: 10, sharedWith: 1 };
  const all = lines({ waits, missed: 2, endsAt: until, end });
  expect(all["Their times come"]).toMatch(
    /: 4 \(Berlin\); .+: 3 \(New York, Tokyo,? and 1 more\)$/,
  );
  expect(all["Wait for their time"]).toMatch(/^7 messages, the last until /);
  expect(all["Not reached in time"]).toBe("2 recipients: the campaign ends first");
  expect(all["Through by"]).toMatch(
    /^about .+, after 20 h, limited by the account's 10 a second; shared with 1 other campaign$/,
  );
});

test("S3-33 the review says what it costs in money where the account has a price", () => {
  const cost = { currency: "EUR", amount: 150, units: 2_000 };
  expect(lines({ cost })["Cost"]).toBe("€150.00");
  expect(lines({ cost, looked: 500 })["Cost"]).toBe("about €150.00");
  expect(lines()["Cost"]).toBeUndefined();
});

test("the review says how many codes it needs and how many are left, and that it is too few", () => {
  expect(lines({ codes: { needed: 1_000, left: 1_500 } })["Codes"]).toBe(
    "1,000 needed, 1,500 left in the pool",
  );
  expect(lines({ codes: { needed: 1_000, left: 900 } })["Codes"]).toBe(
    "1,000 needed, only 900 left in the pool",
  );
  expect(lines()["Codes"]).toBeUndefined();
});

test("too few codes are said with what follows: nothing is sent, or some are skipped", () => {
  const few = { codes: { needed: 1_000, left: 900 } };
  expect(codesText(few, "refuse")).toMatch(/cannot be sent\. .* about 100 recipients would/);
  expect(codesText(few, "skip")).toBe(
    "The pool has too few codes: about 100 recipients will be skipped.",
  );
  expect(codesText({ codes: { needed: 900, left: 900 } }, "refuse")).toBeNull();
  expect(codesText({ codes: null }, "refuse")).toBeNull();
});

function short(budget: { what: "campaign" | "money"; reaches: number } | null): string | null {
  return budgetText({ ...told, skips: [...told.skips], budget });
}

test("a budget that does not reach everybody says whose it is and whom it reaches", () => {
  expect(short({ what: "campaign", reaches: 400 })).toBe(
    "The campaign's budget reaches about 400 of 1,000 recipients. The others are skipped.",
  );
  expect(short({ what: "money", reaches: 0 })).toMatch(
    /^What is left of the month's budget reaches/,
  );
  expect(short({ what: "campaign", reaches: 1_000 })).toBeNull();
  expect(short(null)).toBeNull();
});

test("text messages instead are told at the most: at once, and should somebody not be reached", () => {
  const cost = { currency: "EUR", amount: 12.5, units: 250 };
  const fallback = { straight: 20, further: 230, segments: 250, cost };
  expect(lines({ fallback })).toMatchObject({
    "Text message instead":
      "20 at once, as they have no address; up to 230 more, should they not be reached",
    "For that at most": "250 segments, €12.50",
  });
});

test("S3-27 an account that stands still is told beforehand, with why and what to do", () => {
  const standing = {
    state: "open",
    pauseReason: "provider_auth",
    reason: "auth_failed",
    detail: "401 Unauthorized",
    since: "2026-11-21T11:00:00Z",
    retryAt: null,
  } as const;
  expect(standingWords({ standing: null })).toBeNull();
  expect(standingWords({ standing })).toMatch(
    /^The account keeps it waiting\. Stands still since .* Resume one of its campaigns to try it again\. The provider's words: 401 Unauthorized$/,
  );
  const tried = { ...standing, pauseReason: "breaker", retryAt: "2026-11-21T12:01:00Z" } as const;
  expect(standingWords({ standing: tried })).toMatch(/One message is tried by itself at/);
});

test("what repeats is told by today's audience, what waits for people by what each of them costs", () => {
  const skips = [{ reason: "no_consent" as const, n: 200 }];
  const priced = {
    ...told,
    skips,
    segments: 2_500,
    cost: { amount: 3, currency: "EUR", units: 0 },
  };

  expect(values(runLines(priced))[0]).toBe("With today's audience: 1,000 of 1,200 contacts");
  const skipped = "Will be skipped: 200: The recipient has not consented to this channel";
  expect(values(waitingLines(priced))).toEqual([
    "Can be written to today: 1,000 of 1,200 contacts",
    skipped,
    "Segments: about 2.5 each",
    "Cost: about €3.00 for 1,000 messages",
  ]);
  expect(values(atOnceLines(priced))).toEqual([
    "Written to at once: 1,000 of 1,200 contacts",
    skipped,
    "Segments: 2,500 in all",
    "Cost: €3.00",
  ]);
});

function values(all: ReturnType<typeof runLines>): readonly string[] {
  return all.map(({ name, value }) => `${name}: ${value}`);
}

test("where nobody can be written to, no price is told for one", () => {
  const nobody = { ...told, skips: [], recipients: 0, looked: 0, segments: 0 };
  expect(waitingLines(nobody).map(({ name }) => name)).toEqual(["Can be written to today"]);
});
