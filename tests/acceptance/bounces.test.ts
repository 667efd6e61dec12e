// What cannot be delivered comes back by mail: through a real Postfix to a real Maildir, read by
// the real server, which then says of each recipient what became of their mail and why.
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { RestClient, waitFor } from "../support/delivery/rest-client.ts";
import { Postfix } from "../support/delivery/postfix.ts";
import { everybody, reportWhen, rowsOf, send } from "../support/delivery/sending.ts";
import { RealServer } from "../support/real-server.ts";
import { SmtpSink } from "../support/smtp-sink.ts";

interface Reading {
  readonly readAt: string | null;
  readonly problem: string | null;
  readonly counts: Readonly<Record<string, number>>;
}

/** Who is not reached: by domain, how many and what is known of it then. */
const refused = {
  "gone.example": { n: 25, why: "5.1.1 no such mailbox", reason: "unknown_recipient" },
  "strict.example": { n: 15, why: "5.7.1 looks like spam to us", reason: "spam_filtered" },
  "small.example": { n: 10, why: "5.3.4 message too big", reason: "too_long" },
} as const;
const people = [
  ...Array.from({ length: 450 }, (_, n) => `person-${n}@shop.example`),
  ...Object.entries(refused).flatMap(([domain, { n }]) =>
    Array.from({ length: n }, (_, at) => `person-${at}@${domain}`),
  ),
];

let sink: SmtpSink;
let postfix: Postfix | null;
let server: RealServer;
let api: RestClient;
let accountId: string;
let campaign: string;

beforeAll(async () => {
  sink = await SmtpSink.open();
  const errors = Object.entries(refused).map(([domain, { why }]) => [domain, why] as const);
  postfix = await Postfix.open({
    domains: { "shop.example": sink.port, ...Object.fromEntries(errors) },
    bounceDomain: "back.example",
  });
  server = await RealServer.open({ MAILDIR_ROOT: postfix?.mailRoot ?? "" });
  api = await RestClient.setUp(server);
}, 120_000);

afterAll(async () => {
  await server.close();
  postfix?.close();
  await sink.close();
});

const readNow = (): Promise<Reading> => api.post<Reading>(`/accounts/${accountId}/bounces/read`);

test("S1-09 S1-10 of 500 mails the 50 that come back are shown undelivered, each with its reason", async () => {
  if (postfix === null) throw new Error("the test needs Postfix: apt-get install postfix, as root");
  const settings = {
    host: "127.0.0.1",
    port: postfix.port,
    from: "news@example.org",
    bounceAddress: "bounces@back.example",
    bounces: "maildir",
    maildir: "bounces",
  };
  const account = { name: "Relay", channel: "email", provider: "smtp", settings };
  accountId = (await api.post<{ readonly id: string }>("/accounts", account)).id;
  const audience = await everybody(api, people);
  campaign = await send(api, audience, accountId);
  await waitFor(
    () => Promise.resolve(sink.log.length),
    (n) => n === 450,
    60_000,
  );
  await waitFor(readNow, ({ counts }) => (counts["bounce"] ?? 0) >= 50, 60_000);
  const report = await reportWhen(
    api,
    campaign,
    ({ counters }) => counters["undelivered"] === 50 && counters["submitted"] === 450,
  );
  expect(report.counters).toMatchObject({ submitted: 450, undelivered: 50, delivered: 0 });
  const rows = await rowsOf(api, campaign);
  for (const [domain, { n, reason }] of Object.entries(refused)) {
    const theirs = [...rows.values()].filter(({ address }) => address.endsWith(`@${domain}`));
    expect(theirs).toHaveLength(n);
    expect(new Set(theirs.map((row) => `${row.state} ${row.reason}`))).toEqual(
      new Set([`undelivered ${reason}`]),
    );
  }
  const { items } = await api.get<{ readonly items: readonly { readonly reason: string }[] }>(
    "/suppressions?limit=100",
  );
  expect(items.filter(({ reason }) => reason === "hard_bounce")).toHaveLength(25);
  expect((await readNow()).counts).toEqual({ bounce: 50 });
}, 180_000);

test("the same mails once more, by the mail server's pipe, change nothing", async () => {
  if (postfix === null) throw new Error("the test needs Postfix: apt-get install postfix, as root");
  const before = await reportWhen(api, campaign, () => true);
  const seen = join(postfix.mailRoot, "bounces", "cur");
  const [first = ""] = readdirSync(seen);
  const told = await pipeIn(readFileSync(join(seen, first)));
  expect(told).toEqual({ status: 0, text: '{"kind":"bounce"}' });
  const after = await reportWhen(api, campaign, () => true);
  expect(after.counters).toEqual(before.counters);
  const stranger = await pipeIn(Buffer.from("From: a@b.example\nSubject: Hi\n\nHello\n"));
  expect(stranger).toEqual({ status: 0, text: '{"kind":"unrelated"}' });
});

test("while the server is down the pipe asks to be tried again", async () => {
  await server.stop();
  expect(await pipeIn(Buffer.from("From: a@b.example\n\n"))).toMatchObject({ status: 75 });
});

/** As Postfix does it: the mail on standard input, the exit status as the answer. */
function pipeIn(mail: Buffer): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ["sync-server/cli.ts", "bounce", accountId],
      { env: { ...process.env, DATA_DIR: server.dataDir, PORT: String(server.port) } },
      (error, stdout) => resolve({ status: Number(error?.code ?? 0), text: stdout.trim() }),
    );
    child.stdin?.end(mail);
  });
}
