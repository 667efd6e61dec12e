// Short links in the hands of whoever makes them up: nobody is led anywhere, and nothing is counted.
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freezeCampaign, type SentMessage } from "../support/sent-message.ts";
import { openTestApp, publicUrl, type TestApp } from "../support/test-app.ts";

let it: TestApp;
let sent: SentMessage;

const person = "Mozilla/5.0 (X11; Linux x64; rv:140.0) Gecko/20100101 Firefox/140.0";
const now = Date.parse("2026-11-21T10:00:00Z");

beforeAll(async () => {
  it = await openTestApp();
  const admin = await it.setUp();
  const yes = { channel: "email", granted: true, at: "2026-11-01T10:00:00Z" };
  const contact = { email: "ann@example.org", consents: [yes] };
  await admin("/api/v1/contacts", { method: "POST", body: contact });
  const [workspace] = await it.store.access.workspaces({});
  sent = await freezeCampaign(it, { workspace: workspace?.id ?? "", now });
  const { distribution } = sent;
  const links = [
    { url: "https://shop.example/x", place: 1, name: "Shop" },
    { url: "https://me@evil.example/", place: 1, name: "Smuggled in" },
    { url: "{{ first_name }}", place: 1, name: "No address" },
  ];
  await it.store.delivery.noteLinks({ distribution, links, length: 40 });
});

afterAll(() => it.close());

function tokenOf(link: number): string {
  return it.services.trackedLinks.urlOf(sent, link).slice(`${publicUrl}/r/`.length);
}

/** From many addresses: who asks too often from one is answered nothing. */
function follow(token: string, count: number) {
  return it.app.inject({
    url: `/r/${token}`,
    headers: { "user-agent": person },
    remoteAddress: `10.${count >> 16}.${(count >> 8) & 255}.${count & 255}`,
  });
}

async function counted(): Promise<number> {
  await it.services.clicks.flush();
  it.wait(5_000);
  await it.store.links.judgeClicks({ until: now + 60_000, limit: 100_000 });
  const { workspace, campaignId } = sent;
  const [known] = await it.store.links.linkSums({ workspace, campaignId });
  const all = known?.sums.filter(({ link, what }) => link === 0 && what === "all") ?? [];
  return all.reduce((sum, { clicks }) => sum + clicks, 0);
}

test("4,000 forged links, all over the app, lead nowhere, and none of them is counted", async () => {
  const real = tokenOf(1);
  const statuses = new Set<number>();
  for (let tries = 0; tries < 4_000; tries++) {
    const bytes = Buffer.from(real, "base64url");
    if (tries % 2 === 0) randomBytes(6).copy(bytes, 9);
    else bytes[tries % 15] = (bytes[tries % 15] ?? 0) ^ (1 + (tries % 255));
    const answer = await follow(bytes.toString("base64url"), tries);
    statuses.add(answer.statusCode);
  }
  expect([...statuses]).toEqual([404]);
  expect(await counted()).toBe(0);
  expect((await follow(real, 1)).headers.location).toBe("https://shop.example/x");
  await expect.poll(counted, { timeout: 20_000 }).toBe(1);
}, 60_000);

test("a link of ours that holds no plain address leads nowhere, whoever put it there", async () => {
  for (const link of [2, 3]) {
    const answer = await follow(tokenOf(link), link);
    expect([answer.statusCode, answer.headers.location]).toEqual([404, undefined]);
  }
});

test("what is not a short link is never the app, and says nothing of what there is", async () => {
  for (const url of ["/r/x", `/r/${"a".repeat(20)}`, `/r/${tokenOf(1)}/`, "/r/", "/r"]) {
    const answer = await it.app.inject({ url });
    expect(answer.statusCode).toBe(404);
    expect(answer.body).not.toContain(sent.campaignId);
  }
});

test("clicks that storage may or may not have taken are written again, and counted once", async () => {
  const before = await counted();
  const { distribution, n } = sent;
  const visit = { device: "phone", os: "iOS", country: "DE", sign: null } as const;
  const click = { ...visit, distribution, n, link: 1, at: now, id: "one and the same" };
  await it.store.links.addClicks({ clicks: [click, click] });
  await it.store.links.addClicks({ clicks: [click] });
  expect(await counted()).toBe(before + 1);
  await it.store.links.addClicks({ clicks: [click] });
  expect(await counted()).toBe(before + 1);
});

test("clicks on what there is not are left out, and the others of the same write are kept", async () => {
  const before = await counted();
  const { distribution, n } = sent;
  const visit = { device: "phone", os: "iOS", country: "DE", sign: null } as const;
  const click = { ...visit, distribution, n, link: 1, at: now, id: "" };
  const clicks = [
    { ...click, id: "no link", link: 99 },
    { ...click, id: "no message", n: 99 },
    { ...click, id: "no campaign", distribution: 99 },
    { ...click, id: "real" },
  ];
  await it.store.links.addClicks({ clicks });
  expect(await counted()).toBe(before + 1);
});
