// Tracked links through the real server: real messages, real clicks over HTTP, a real kill.
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { RestClient, waitFor } from "../support/delivery/rest-client.ts";
import type { Made } from "../support/delivery/rest-parts.ts";
import { everybody, reportWhen, webhookAccount } from "../support/delivery/sending.ts";
import { WebhookSink } from "../support/delivery/webhook-sink.ts";
import { RealServer } from "../support/real-server.ts";

interface Clicks {
  readonly total: number;
  readonly unique: number;
}

interface Links {
  readonly people: Clicks;
  readonly scanners: Clicks;
  readonly devices: readonly (Clicks & { readonly name: string })[];
  readonly countries: readonly (Clicks & { readonly name: string })[];
  readonly links: readonly {
    readonly name: string;
    readonly url: string;
    readonly people: Clicks;
    readonly scanners: Clicks;
    readonly firstAt: string | null;
  }[];
}

interface Click {
  readonly number: string;
  readonly location: string;
  readonly timestamp: string;
  readonly variable: string;
  readonly visitor: string;
  readonly sign: string | null;
  readonly device: string;
  readonly system: string;
}

const phone =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1";
const desktop =
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";
/** A public address of Germany and one of France, as a proxy on this machine would tell them. */
const german = "85.214.132.117";
const french = "193.252.19.3";

let server: RealServer;
let api: RestClient;
let sink: WebhookSink;
let parts: { readonly audienceId: string; readonly accountId: string };

beforeAll(async () => {
  [server, sink] = await Promise.all([RealServer.open(), WebhookSink.open({ reports: true })]);
  api = await RestClient.setUp(server);
  const emails = Array.from({ length: 3 }, (_, n) => `p${n}@example.org`);
  parts = {
    audienceId: await everybody(api, emails),
    accountId: await webhookAccount(api, sink.url),
  };
}, 120_000);

afterAll(async () => {
  await server.close();
  await sink.close();
});

async function sendLinked(name: string, over: object = {}): Promise<string> {
  const text = `Offer: https://shop.example/offer?c=1 and https://shop.example/${name}. {{ unsubscribe_url }}`;
  const html = `<a href="https://shop.example/offer?c=1">Our offer</a> <a href="https://shop.example/{{ email }}">Yours</a>`;
  const body = { name, type: "email", content: { subject: "Hi", text, html }, ...parts, ...over };
  const { id } = await api.post<Made>("/campaigns", body);
  await api.post(`/campaigns/${id}/send`);
  await reportWhen(api, id, ({ counters }) => counters["delivered"] === 3);
  return id;
}

const shortLinks = /http:\/\/localhost:\d+\/r\/[\w-]{20}(?![\w-])/g;

/** The short links of what this recipient was sent last, those of the page first. */
function linksOf(to: string): readonly string[] {
  const last = sink.sentTo(to).at(-1);
  return [...new Set(`${last?.content.html} ${last?.content.text}`.match(shortLinks))];
}

interface Follow {
  readonly method?: string;
  readonly agent?: string;
  readonly from?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function follow(url = "", { method = "GET", agent = phone, from, headers = {} }: Follow = {}) {
  const proxied: Record<string, string> = from === undefined ? {} : { "x-forwarded-for": from };
  const asked = { "user-agent": agent, ...proxied, ...headers };
  return fetch(url, { method, redirect: "manual", headers: asked });
}

const linksWhen = (id: string, isRight: (links: Links) => boolean): Promise<Links> =>
  waitFor(() => api.get<Links>(`/campaigns/${id}/links`), isRight, 60_000);

async function clicksOf(id: string): Promise<readonly Click[]> {
  return (await api.get<{ readonly items: readonly Click[] }>(`/campaigns/${id}/clicks`)).items;
}

test(
  "S1-15 S1-16 S1-17 S1-18 S1-19 who follows a short link is led on and reported with number, location, time and the link's name; scanners are told apart",
  { timeout: 180_000 },
  async () => {
    const id = await sendLinked("spring");
    const [offer, own, other] = linksOf("p0@");
    expect([offer, own, other].every((url) => url !== undefined)).toBe(true);
    expect(sink.sentTo("p0@").at(-1)?.content.text).toContain("/r/u/");
    expect(await linksWhen(id, () => true)).toMatchObject({ people: { total: 0, unique: 0 } });

    const from = Date.now();
    const led = await follow(offer, { from: german });
    expect(led.status).toBe(302);
    expect(led.headers.get("location")).toBe("https://shop.example/offer?c=1");
    expect(led.headers.get("referrer-policy")).toBe("no-referrer");
    expect(led.headers.get("cache-control")).toBe("no-store");
    const theirs = await follow(linksOf("p1@")[1], { agent: desktop, from: french });
    expect(theirs.headers.get("location")).toBe("https://shop.example/p1@example.org");
    await linksWhen(id, ({ people }) => people.total === 2);

    // Looking is not following; the same again at once is one click; robots follow everything.
    await follow(offer, { method: "HEAD" });
    await Promise.all([1, 2].map(() => follow(offer, { from: german })));
    await follow(linksOf("p2@")[0], { agent: "Mozilla/5.0 (compatible; bingbot/2.0)" });
    await follow(linksOf("p2@")[0], { headers: { "sec-purpose": "prefetch" } });
    await Promise.all(linksOf("p2@").map((url) => follow(url, { agent: desktop })));
    const links = await linksWhen(id, ({ people, scanners }) => people.total + scanners.total >= 8);
    expect(links).toMatchObject({
      people: { total: 3, unique: 2 },
      scanners: { total: 5, unique: 1 },
    });
    expect(links.links.map(({ name, people }) => [name, people.total, people.unique])).toEqual([
      ["Our offer", 2, 1],
      ["Yours", 1, 1],
      ["Link 3", 0, 0],
    ]);
    expect(links.countries).toEqual([{ name: "", total: 3, unique: 2 }]);
    const byDevice = new Map(links.devices.map(({ name, total }) => [name, total]));
    expect(byDevice).toEqual(
      new Map([
        ["computer", 1],
        ["phone", 2],
      ]),
    );

    const [first, second, ...more] = await clicksOf(id);
    expect(first).toMatchObject({
      number: "p0@example.org",
      location: "DE",
      variable: "Our offer",
      visitor: "person",
      device: "phone",
      system: "iOS",
    });
    expect(Date.parse(first?.timestamp ?? "")).toBeGreaterThanOrEqual(from);
    expect(second).toMatchObject({ number: "p1@example.org", location: "FR", system: "Windows" });
    const signs = more.filter(({ visitor }) => visitor === "scanner").map(({ sign }) => sign);
    const times = (each: string): number => signs.filter((sign) => sign === each).length;
    expect([signs.length, times("prefetch"), times("robot"), times("several")]).toEqual([
      5, 1, 1, 3,
    ]);

    const { marks } = await reportWhen(api, id, (report) => report.marks["clicked"] === 2);
    expect(marks["clicked"]).toBe(2);
    const csv = await api.text(`/campaigns/${id}/clicks.csv?visitor=person`);
    const lines = csv.trim().split("\r\n");
    expect(lines[0]).toMatch(/^number,location,timestamp,body variable 1,/);
    expect(lines).toHaveLength(4);
    expect(lines[1]).toContain("p0@example.org,DE,");
  },
);

test(
  "S1-16 a click that comes while others wait to be judged is counted, though nobody clicks after it",
  { timeout: 120_000 },
  async () => {
    const id = await sendLinked("burst");
    await follow(linksOf("p0@")[0]);
    await new Promise((resolve) => setTimeout(resolve, 700));
    await follow(linksOf("p1@")[0]);
    const { people } = await linksWhen(id, (links) => links.people.total === 2);
    expect(people).toEqual({ total: 2, unique: 2 });
  },
);

test("S1-15 a campaign without tracked links has no link report, and its links are its own", async () => {
  const id = await sendLinked("plain", { trackLinks: false });
  expect(sink.sentTo("p0@").at(-1)?.content.text).toContain("https://shop.example/plain");
  await expect(api.get(`/campaigns/${id}/links`)).rejects.toThrow(/404/);
  await expect(api.get(`/campaigns/${id}/clicks`)).rejects.toThrow(/404/);
});

/** Clicks that are on the disk, judged or not. */
function keptClicks(): number {
  const db = new DatabaseSync(join(server.dataDir, "fieldcast.db"), { readOnly: true });
  try {
    const row = db.prepare("select count(*) as n from click where visitor is null").get();
    return Number(row?.["n"]);
  } finally {
    db.close();
  }
}

test(
  "S1-16 S1-18 clicks that are written outlive a kill before they are counted, and are counted once",
  { timeout: 180_000 },
  async () => {
    const id = await sendLinked("killed");
    for (const to of ["p0@", "p1@", "p2@"]) {
      expect((await follow(linksOf(to)[0])).status).toBe(302);
    }
    await waitFor(
      async () => keptClicks(),
      (n) => n === 3,
      30_000,
    );
    await server.kill();
    await server.start();
    await linksWhen(id, ({ people }) => people.total === 3);
    await server.kill();
    await server.start();
    const { people } = await linksWhen(id, () => true);
    expect(people).toEqual({ total: 3, unique: 3 });
    expect((await follow(linksOf("p0@")[0])).status).toBe(302);
  },
);
