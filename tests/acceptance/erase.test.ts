// Erasing a person on the real server: nothing in the database tells of them any more, every count
// is as it was, and who must not be written to is not, whatever file they come back with.
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCli } from "../support/command-line.ts";
import { RestClient, waitFor } from "../support/delivery/rest-client.ts";
import { sign } from "#server/receipts/signature.ts";
import type { Made } from "../support/delivery/rest-parts.ts";
import { reportWhen, webhookAccount } from "../support/delivery/sending.ts";
import { WebhookSink } from "../support/delivery/webhook-sink.ts";
import { RealServer } from "../support/real-server.ts";

interface Page<T> {
  readonly items: readonly T[];
}

interface Message {
  readonly n: number;
  readonly address: string;
  readonly name: string;
  readonly state: string;
}

interface Written {
  readonly sender: string;
  readonly date: string;
  readonly meaning: string | null;
}

interface Report {
  readonly snapshot: string;
  readonly counters: Readonly<Record<string, number>>;
}

interface Blocks {
  readonly erased: number;
  readonly blocks: readonly { readonly staticHash: string; readonly dynamicHash: string }[];
}

const email = "erika.mustermann@example.org";
const phone = "+4915112345678";
const others = ["ben@example.org", "cleo@example.org"];
const heading = "email,phone,first_name,last_name,email_consent,sms_consent";
const file = [
  heading,
  `${email},${phone},Erika,Mustermann,yes,yes`,
  ...others.map((each) => `${each},,Some,One,yes,no`),
];

let server: RealServer;
let api: RestClient;
let sink: WebhookSink;
let campaign: string;
let contact: string;

beforeAll(async () => {
  [server, sink] = await Promise.all([RealServer.open(), WebhookSink.open({ reports: true })]);
  api = await RestClient.setUp(server);
  // The second of her is turned away, and kept as it stood.
  await importFile([
    ...file,
    `${email.toUpperCase()} ,nonsense,Erika,Mustermann,yes,yes`,
    `,+49,Erika,${email},yes,yes`,
  ]);
  const audienceId = (await api.post<Made>("/audiences", { name: "All", rule: { kind: "all" } }))
    .id;
  const accountId = await webhookAccount(api, sink.url);
  const content = { subject: "Hi", text: "Hello {{ first_name }} {{ unsubscribe_url }}" };
  const fields = { name: "Spring", type: "email", content, audienceId, accountId };
  campaign = (await api.post<Made>("/campaigns", fields)).id;
  await api.post(`/campaigns/${campaign}/send`);
  await reportWhen(api, campaign, ({ counters }) => counters["delivered"] === 3);
  contact = (await api.get<Page<Made>>("/contacts?q=mustermann")).items[0]?.id ?? "";
  await api.post("/suppressions", { addresses: [email], reason: "by_hand", note: "Erika asked" });
}, 120_000);

afterAll(async () => {
  await server.close();
  await sink.close();
});

async function importFile(lines: readonly string[]): Promise<void> {
  const { id } = await api.post<Made>("/contacts/import", lines.join("\n"), "text/csv");
  const job = () => api.get<{ readonly state: string }>(`/imports/${id}`);
  await waitFor(job, ({ state }) => state === "done");
}

const messages = async (): Promise<readonly Message[]> =>
  (await api.get<Page<Message>>(`/campaigns/${campaign}/messages`)).items;

test("I-6 I-10 a person is erased only by an administrator who says so twice; no count moves, and nothing tells of them any more", async () => {
  const before = await api.get<Report>(`/campaigns/${campaign}/report`);
  const blocks = await api.get<Blocks>(`/campaigns/${campaign}/blocks`);
  expect(blocks.erased).toBe(0);
  expect(traces()).not.toEqual([]);
  const office = await RestClient.withKey(server, "office", "office");
  const url = `/contacts/${contact}/erase`;
  expect(await office.refused("POST", url, { confirm: contact })).toMatchObject({ status: 403 });
  expect(await api.refused("POST", url, {})).toMatchObject({ status: 422 });
  const wrong = { confirm: "00000000-0000-7000-8000-000000000000" };
  expect(await api.refused("POST", url, wrong)).toMatchObject({ field: "confirm" });

  expect(await api.post(url, { confirm: contact })).toEqual({
    messages: 1,
    inbound: 0,
    suppressed: 1,
  });
  expect(await api.refused("POST", url, { confirm: contact })).toMatchObject({ status: 404 });
  const after = await api.get<Report>(`/campaigns/${campaign}/report`);
  expect(after.counters).toEqual(before.counters);
  expect(after.snapshot).toBe(before.snapshot);
  const rows = await messages();
  expect(rows.map(({ address }) => address).toSorted()).toEqual(["", ...others]);
  expect(rows.find(({ address }) => address === "")).toMatchObject({
    name: "",
    state: "delivered",
  });
  const csv = await api.text(`/campaigns/${campaign}/export.csv`);
  expect(csv.trim().split("\r\n")).toHaveLength(4);
  expect(csv.toLowerCase()).not.toContain("mustermann");

  // A device that kept the block has another hash to ask for, of both parts.
  const told = await api.get<Blocks>(`/campaigns/${campaign}/blocks`);
  expect(told.erased).toBe(1);
  expect(told.blocks[0]?.staticHash).not.toBe(blocks.blocks[0]?.staticHash);
  expect(told.blocks[0]?.dynamicHash).not.toBe(blocks.blocks[0]?.dynamicHash);
  expect(traces()).toEqual([]);
  const { items } = await api.get<Page<{ readonly event: string }>>("/activity");
  expect(items.map(({ event }) => event)).toContain("contact.erased");
  const doctor = await runCli(server.dataDir, "doctor");
  expect(doctor).toMatchObject({ status: 0 });
});

test("S4-D3 whoever is erased and must not be written to is not, when an old file brings them back", async () => {
  expect(await api.get(`/suppressions?q=${encodeURIComponent(email)}`)).toMatchObject({
    items: [],
  });
  await importFile(file);
  expect(await api.get(`/suppressions?q=${encodeURIComponent(email)}`)).toMatchObject({
    items: [{ address: email, reason: "by_hand", note: "" }],
  });
  expect((await api.get<Page<Made>>("/contacts?q=mustermann")).items[0]?.id).not.toBe(contact);
});

/** Every place of the database that has the person's address, number or name. */
function traces(): readonly string[] {
  const db = new DatabaseSync(join(server.dataDir, "fieldcast.db"), { readOnly: true });
  const tables = db.prepare("select name from sqlite_schema where type = 'table'").all();
  const found = tables.flatMap(({ name: table }) => {
    const columns = db.prepare(`select name from pragma_table_info('${String(table)}')`).all();
    return columns.flatMap(({ name: column }) =>
      ["mustermann", phone.slice(3), "erika"]
        .filter(
          (word) =>
            db
              .prepare(
                `select 1 from "${String(table)}" where instr(lower("${String(column)}"), ?) > 0`,
              )
              .get(word) !== undefined,
        )
        .map((word) => `${String(table)}.${String(column)}: ${word}`),
    );
  });
  db.close();
  return found;
}

test("what an erased person wrote is still counted and dated, and nothing says whose it was", async () => {
  const number = "+4915799988877";
  await importFile([heading, `,${number},Hugo,Answers,yes,yes`]);
  const settings = { url: sink.url, secret: "s3cret-of-the-carrier" };
  const account = { name: "Replies", channel: "sms", provider: "webhook", settings };
  const { id } = await api.post<Made>("/accounts", account);
  for (const text of ["Thank you!", "Who is this?"]) {
    const body = JSON.stringify({ from: number, text, at: new Date().toISOString() });
    const signature = sign(settings.secret, body, Math.floor(Date.now() / 1_000));
    const answer = await fetch(`${server.url}/api/v1/inbound/${id}`, {
      method: "POST",
      body,
      headers: { "content-type": "application/json", "fieldcast-signature": signature },
    });
    expect(answer.status).toBe(200);
  }
  const written = async () =>
    (await api.get<Page<Written>>("/messages?direction=inbound")).items.map(
      ({ sender, date, meaning }) => ({ sender, date, meaning }),
    );
  const before = await waitFor(written, (items) => items.length === 2);
  expect(before.map(({ sender }) => sender)).toEqual([number, number]);

  const hugo = (await api.get<Page<Made>>("/contacts?q=Hugo")).items[0]?.id ?? "";
  expect(await api.post(`/contacts/${hugo}/erase`, { confirm: hugo })).toMatchObject({
    messages: 0,
    inbound: 2,
  });
  expect(await written()).toEqual(before.map((item) => ({ ...item, sender: "" })));
  const search = new URLSearchParams({ direction: "inbound", q: number.slice(-6) });
  expect((await api.get<Page<Written>>(`/messages?${search}`)).items).toEqual([]);
});
