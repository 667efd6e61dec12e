// Reports that come by themselves, in each language of the app: the digits of the API, as they are
// written there, and every line of the mail in that language.
import * as v from "valibot";
import { afterAll, beforeAll, expect, test } from "vitest";
import { asLines, inText, spokenIn, spokenLanguages } from "#domain/report/spoken.ts";
import { reportedDays } from "#domain/report/subscription.ts";
import { mailContent } from "#server/notices/mail.ts";
import { reportOf } from "#server/notices/reports.ts";
import type { Said } from "#server/store/subscription-store.ts";
import { openTestApp, type Ask, type TestApp } from "../support/test-app.ts";

const zone = "America/New_York";
const now = Date.parse("2026-11-21T13:00:00Z");

const analytics = v.object({
  campaigns: v.number(),
  figures: v.array(v.object({ kpi: v.string(), count: v.number(), rate: v.nullable(v.number()) })),
});

let it: TestApp;
let ana: Ask;
let workspace: string;

beforeAll(async () => {
  it = await openTestApp();
  ana = await it.setUp({ demo: true });
  workspace = v.parse(
    v.object({ workspace: v.object({ id: v.string() }) }),
    (await ana("/api/v1/session")).json(),
  ).workspace.id;
}, 60_000);

afterAll(() => it.close());

test.each(spokenLanguages)(
  "S2-03 I-10 a report in %s has the digits of the API, written as there",
  async (language) => {
    const plan = { every: "month", weekday: 1, hour: 8, zone } as const;
    const { first, last } = reportedDays(plan, now);
    const answer = await ana(`/api/v1/analytics?from=${first}&to=${last}&zone=${zone}`);
    const told = v.parse(analytics, answer.json());
    const asked = { ...plan, name: "Management", channels: [], workspace, language };
    const said = await reportOf({ store: it.store, clock: () => now }, asked, now);

    const words = spokenIn(language);
    const whole = new Intl.NumberFormat(language);
    const share = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });
    const lines = said.text.split("\n");
    for (const { kpi, count, rate } of told.figures.slice(0, 3)) {
      const name = Object.entries(words.figures).find(([each]) => each === kpi)?.[1] ?? "?";
      const line = lines.find((each) => each.includes(`${name}: `));
      expect(line).toContain(whole.format(count));
      if (rate !== null) expect(line).toContain(share.format(rate));
    }
    expect(told.figures[0]?.count).toBeGreaterThan(100);
    expect(said.text).toContain(words.campaigns(told.campaigns));
    expect(said.text).toContain(words.clocks(inText(zone, language)));
    expect(said.title).toContain(
      new Intl.DateTimeFormat(language, { month: "long", timeZone: "UTC" }).format(
        Date.parse(first),
      ),
    );
    if (language !== "en") expect(mailOf(said)).not.toMatch(/\b(the|of|you|and|what|sent)\b/i);
  },
);

test("an alert is told in its language, around the campaign's name and how it goes", () => {
  const words = spokenIn("de");
  const said = { title: words.alert.failed("5 %"), text: words.asked, language: "de" } as const;
  const { subject, text } = mailContent(
    {
      ...telling,
      cause: "alert",
      said,
      campaigns: [{ id: "c1", name: "Herbst", glance: "An 90 von 100 gesendet." }],
      count: 1,
    },
    "https://example.org",
  );
  expect(subject).toBe("Herbst: mehr als 5 % der Versuche schlugen fehl");
  expect(text).not.toMatch(/\b(the|of|you|and|report says)\b/i);
  expect(text).toContain("https://example.org/campaigns/c1");
});

test("in Arabic a name in other letters stands by itself, in the mail's title and its lines", () => {
  const words = spokenIn("ar");
  const said = { title: words.alert.failed("5 %"), text: words.asked, language: "ar" } as const;
  const campaigns = [{ id: "c1", name: "Sale (50%)", glance: "" }];
  const { subject, text } = mailContent(
    { ...telling, cause: "alert", said, campaigns, count: 1 },
    "https://example.org",
  );
  expect(subject).toBe(`\u2068Sale (50%)\u2069: ${said.title}`);
  expect(text.match(/\u2068Sale \(50%\)\u2069/g)).toHaveLength(2);
  expect(text).toContain(words.because("\u2068Acme\u2069"));
});

test("lines of Arabic go from right to left also where they begin with a name in other letters", () => {
  const lines = asLines("Spring. أُرسلت\n\nhttps://example.org", "ar").split("\n");
  expect(lines).toEqual(["\u200FSpring. أُرسلت", "", "\u200Fhttps://example.org"]);
  expect(asLines(lines.join("\n"), "ar")).toBe(lines.join("\n"));
});

const telling = {
  seq: 1,
  key: "k",
  workspace: "w",
  workspaceName: "Acme",
  way: "email",
  mail: null,
  device: null,
  at: 0,
  tries: 1,
} as const;

/** Without what people named, and without addresses. */
function mailOf(said: Said): string {
  const about = { cause: "report", campaigns: [], count: 0, said } as const;
  const { text } = mailContent({ ...telling, ...about }, "https://example.org");
  return text
    .split("\n")
    .map((line) => line.replace(/^\u200F?[^:.]*\. /, "").replaceAll(/https:\S+/g, ""))
    .join("\n");
}
