import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { withShortLinks } from "#domain/engagement/link.ts";
import { smsLength } from "#domain/message/sms-segments.ts";
import { createTrackedLinks, type LinkOwner } from "./tracked-links.ts";

const secret = Buffer.alloc(32, 7);
const links = createTrackedLinks(secret, "https://fieldcast.example");

const owner = fc.record({
  workspace: fc.uuid(),
  campaignId: fc.uuid(),
  distribution: fc.integer({ min: 1, max: 2 ** 31 - 2 }),
  n: fc.integer({ min: 1, max: 2 ** 31 - 2 }),
});
const link = fc.integer({ min: 1, max: 100 });

function tokenOf(of: LinkOwner, number: number): string {
  return links.urlOf(of, number).slice("https://fieldcast.example/r/".length);
}

test("a short link names its place, is always as long, and is the same each time", () => {
  fc.assert(
    fc.property(owner, link, (of, number) => {
      const url = links.urlOf(of, number);
      expect(url).toHaveLength(links.length);
      const { distribution, n } = of;
      expect(links.read(tokenOf(of, number))).toEqual({ distribution, n, link: number });
      expect(links.verify(tokenOf(of, number), of, number)).toBe(true);
      const again = createTrackedLinks(secret, "https://fieldcast.example");
      expect(again.urlOf(of, number)).toBe(url);
    }),
  );
});

test("a link of another message, campaign, workspace, number or server is none", () => {
  const other = createTrackedLinks(Buffer.alloc(32, 8), "https://fieldcast.example");
  fc.assert(
    fc.property(owner, link, (of, number) => {
      const token = tokenOf(of, number);
      const wrong: [LinkOwner, number][] = [
        [{ ...of, n: of.n + 1 }, number],
        [{ ...of, distribution: of.distribution + 1 }, number],
        [{ ...of, workspace: `${of.workspace}x` }, number],
        [{ ...of, campaignId: `${of.campaignId}x` }, number],
        [of, number + 1],
      ];
      expect(wrong.filter(([each, n]) => links.verify(token, each, n))).toEqual([]);
      expect(other.verify(token, of, number)).toBe(false);
    }),
  );
});

test("50,000 forged links, most of them a changed letter away, are none of ours", () => {
  const of = { workspace: "w", campaignId: "c", distribution: 3, n: 17 };
  const real = tokenOf(of, 2);
  for (let tries = 0; tries < 50_000; tries++) {
    const bytes = Buffer.from(real, "base64url");
    if (tries % 3 === 0) randomBytes(6).copy(bytes, 9);
    else bytes[tries % 15] = (bytes[tries % 15] ?? 0) ^ (1 + (tries % 255));
    const forged = bytes.toString("base64url");
    if (forged === real) continue;
    const place = links.read(forged);
    if (place === null) continue;
    expect(links.verify(forged, { ...of, ...place }, place.link)).toBe(false);
  }
});

test("what is no token is not read", () => {
  const real = tokenOf({ workspace: "w", campaignId: "c", distribution: 3, n: 17 }, 2);
  for (const text of ["", "x", real.slice(1), `${real}A`, `${real.slice(1)}.`, "é".repeat(20)]) {
    expect(links.read(text)).toBeNull();
  }
});

test("a text is counted while it is written as long as it is sent", () => {
  const own = "https://fieldcast.example";
  const url = `https://shop.example/${"a".repeat(120)}`;
  const written = { subject: "", text: `Sale: ${url} or ${url}. STOP ends`, html: "" };
  const [first, second] = [1, 2].map((n) =>
    links.urlOf({ workspace: "w", campaignId: "c", distribution: 1, n: 7 }, n),
  );
  const counted = withShortLinks(written, own).text;
  expect(counted).toHaveLength(`Sale: ${first} or ${second}. STOP ends`.length);
  expect(smsLength(counted)).toEqual(smsLength(`Sale: ${first} or ${second}. STOP ends`));
  expect(smsLength(written.text).segments).toBeGreaterThan(smsLength(counted).segments);
  expect(withShortLinks({ ...written, text: "No link" }, own).text).toBe("No link");
});
