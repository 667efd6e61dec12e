// Opens of e-mails through the real server: real messages, their pictures asked for over HTTP.
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCli } from "../support/command-line.ts";
import { RestClient, waitFor } from "../support/delivery/rest-client.ts";
import type { Made } from "../support/delivery/rest-parts.ts";
import { everybody, reportWhen, webhookAccount } from "../support/delivery/sending.ts";
import { WebhookSink } from "../support/delivery/webhook-sink.ts";
import { RealServer } from "../support/real-server.ts";

interface Counted {
  readonly total: number;
  readonly unique: number;
}

interface Report {
  readonly counters: Readonly<Record<string, number>>;
  readonly opens: {
    readonly people: Counted;
    readonly programs: Counted;
    readonly byProxy: number;
    readonly rule: readonly { readonly sign: string; readonly text: string }[];
  } | null;
}

const phone =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148";
const gmail =
  "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)";
const mailPrivacy = "Mozilla/5.0";
/** As a proxy on this machine would tell it. */
const visitor = "85.214.132.117";

let server: RealServer;
let api: RestClient;
let sink: WebhookSink;
let parts: { readonly audienceId: string; readonly accountId: string };

beforeAll(async () => {
  [server, sink] = await Promise.all([RealServer.open(), WebhookSink.open({ reports: true })]);
  api = await RestClient.setUp(server);
  const emails = Array.from({ length: 4 }, (_, n) => `p${n}@example.org`);
  parts = {
    audienceId: await everybody(api, emails),
    accountId: await webhookAccount(api, sink.url),
  };
}, 120_000);

afterAll(async () => {
  await server.close();
  await sink.close();
});

async function sendPage(name: string, over: object = {}): Promise<string> {
  const content = { subject: "Hi", text: name, html: `<body><p>${name}</p></body>` };
  const body = { name, type: "email", content, ...parts, ...over };
  const { id } = await api.post<Made>("/campaigns", body);
  await api.post(`/campaigns/${id}/send`);
  await reportWhen(api, id, ({ counters }) => counters["delivered"] === 4);
  return id;
}

function pictureOf(to: string): string {
  const { html = "" } = sink.sentTo(to).at(-1)?.content ?? {};
  return /<img src="(http:\/\/localhost:\d+\/r\/[\w-]{20})"/.exec(html)?.[1] ?? "";
}

function load(url: string, agent: string, headers: Readonly<Record<string, string>> = {}) {
  return fetch(url, { headers: { "user-agent": agent, "x-forwarded-for": visitor, ...headers } });
}

const opensWhen = (id: string, isRight: (report: Report) => boolean): Promise<Report> =>
  waitFor(() => api.get<Report>(`/campaigns/${id}/report`), isRight, 60_000);

/** Receipts come at once: who opens within a second of one is a program. */
const aSecondLater = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1_300));

test(
  "I-6 who opens an e-mail is counted once as read, and programs that load its picture are told apart",
  { timeout: 180_000 },
  async () => {
    const id = await sendPage("spring");
    expect(sink.sentTo("p0@").at(-1)?.content.html).toMatch(/<img [^>]+><\/body>$/);
    const before = await opensWhen(id, () => true);
    expect(before.opens).toMatchObject({ people: { total: 0, unique: 0 }, byProxy: 0 });
    expect(before.opens?.rule.map(({ sign }) => sign)).toEqual([
      "robot",
      "prefetch",
      "mail_privacy",
      "too_soon",
    ]);

    await aSecondLater();
    const shown = await load(pictureOf("p0@"), phone);
    expect(shown.status).toBe(200);
    expect(shown.headers.get("content-type")).toBe("image/gif");
    expect(shown.headers.get("cache-control")).toContain("no-store");
    expect(shown.headers.get("cross-origin-resource-policy")).toBe("cross-origin");
    expect((await shown.arrayBuffer()).byteLength).toBeLessThan(60);
    await load(pictureOf("p1@"), gmail);
    await load(pictureOf("p2@"), mailPrivacy);
    await load(pictureOf("p2@"), "Mozilla/5.0 (compatible; bingbot/2.0)");
    await load(pictureOf("p3@"), phone, { "sec-purpose": "prefetch" });
    await aSecondLater();
    await load(pictureOf("p0@"), phone);

    const { counters, opens } = await opensWhen(
      id,
      (report) => report.opens?.people.total === 3 && report.opens.programs.total === 3,
    );
    expect(opens).toMatchObject({
      people: { total: 3, unique: 2 },
      programs: { total: 3, unique: 2 },
      byProxy: 1,
    });
    expect(counters).toMatchObject({ read: 2, delivered: 2 });
  },
);

test("an open that a message is given by a forged picture is refused, and looking is not opening", async () => {
  const id = await sendPage("forged");
  const url = pictureOf("p0@");
  const last = url.endsWith("A") ? "B" : "A";
  for (const forged of [url.slice(0, -1) + last, url.replace(/.{20}$/, "A".repeat(20))]) {
    expect((await load(forged, phone)).status).toBe(404);
  }
  await aSecondLater();
  const looked = await fetch(url, { method: "HEAD", headers: { "user-agent": phone } });
  expect(looked.status).toBe(200);
  await load(pictureOf("p1@"), phone);
  const { opens } = await opensWhen(id, (report) => report.opens?.people.total === 1);
  expect(opens?.people).toEqual({ total: 1, unique: 1 });
});

test("where tracking is off, and where there is no page, nothing tells of opens", async () => {
  const off = await sendPage("off", { trackLinks: false });
  expect(pictureOf("p0@")).toBe("");
  expect((await opensWhen(off, () => true)).opens).toBeNull();
  const plain = await sendPage("plain", { content: { subject: "Hi", text: "plain", html: "" } });
  expect(sink.sentTo("p0@").at(-1)?.content.html ?? "").not.toContain("<img");
  expect((await opensWhen(plain, () => true)).opens).toBeNull();
});

test(
  "of who opened no address is kept, opens outlive a kill, and the doctor counts the same",
  { timeout: 120_000 },
  async () => {
    const id = await sendPage("kept");
    await aSecondLater();
    await load(pictureOf("p3@"), phone);
    await opensWhen(id, (report) => report.opens?.people.total === 1);
    await server.kill();
    await server.start();
    const { counters, opens } = await opensWhen(id, () => true);
    expect([counters["read"], opens?.people]).toEqual([1, { total: 1, unique: 1 }]);
    const db = new DatabaseSync(join(server.dataDir, "fieldcast.db"), { readOnly: true });
    const rows = db.prepare("select * from open").all();
    db.close();
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toContain(visitor);
    const doctor = await runCli(server.dataDir, "doctor");
    expect(doctor).toMatchObject({ status: 0 });
  },
);
