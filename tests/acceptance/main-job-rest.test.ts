// The main job from end to end through the API and the command line alone: import, audience,
// account, campaign, send; then every number that anybody can ask for must be the same.
import { readFileSync } from "node:fs";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ApiClient } from "../support/api-client.ts";
import { runCli } from "../support/command-line.ts";
import { RealServer } from "../support/real-server.ts";
import { SmtpSink } from "../support/smtp-sink.ts";

const csv = readFileSync("tests/support/data/contacts-12k.csv");
const expected = JSON.parse(readFileSync("tests/support/data/contacts-12k.expected.json", "utf8"));

let server: RealServer;
let sink: SmtpSink;

beforeAll(async () => {
  [server, sink] = await Promise.all([RealServer.open(), SmtpSink.open()]);
}, 60_000);

afterAll(async () => {
  await server.close();
  await sink.close();
});

test(
  "a campaign by API and command line reaches each consenting contact once, and all numbers agree",
  {
    timeout: 180_000,
  },
  async () => {
    const api = await signedIn();

    const started = await api.postCsv("/contacts/import", csv);
    expect(started.status).toBe(202);
    const imported = await api.until(
      `/imports/${String(started.body["id"])}`,
      ({ state }) => state !== "receiving",
      60_000,
    );
    expect(imported.body).toMatchObject({
      state: "done",
      rows: expected.rows,
      created: expected.valid,
      updated: 0,
      reasons: expected.rejected,
    });

    const audience = await api.post("/audiences", {
      name: "Consenting by e-mail",
      rule: { kind: "filter", filter: { consent: "email" } },
    });
    expect(audience.status).toBe(201);
    const account = await api.post("/accounts", {
      name: "Loopback",
      channel: "email",
      provider: "smtp",
      settings: { host: "127.0.0.1", port: sink.port, secure: false, from: "news@example.org" },
    });
    expect(account.status).toBe(201);

    const campaign = await api.post("/campaigns", {
      name: "Autumn news",
      group: "messaging",
      type: "email",
      audienceId: audience.body["id"],
      accountId: account.body["id"],
      content: { subject: "Hello {{ first_name }}", text: "News for {{ city }}.", html: "" },
    });
    expect(campaign.status).toBe(201);
    const path = `/campaigns/${String(campaign.body["id"])}`;
    expect((await api.post(`${path}/send`)).status).toBe(200);

    await api.until(path, ({ phase }) => phase === "settling" || phase === "completed", 120_000);
    const report = (await api.get(`${path}/report`)).body;
    const accepted = expected.email_consent_yes;
    expect(report["counters"]).toMatchObject({ total: accepted, unconfirmed: accepted, queued: 0 });
    expect(report["vocabularies"]).toMatchObject({
      headline: { total: accepted, sent: accepted, failed: 0, skipped: 0, toGo: 0 },
      flow: { total: accepted, waiting: 0, submitted: accepted, notSubmitted: 0 },
      broadcast: { total: accepted, sent: accepted, failed: 0, remaining: 0 },
    });

    const rows = await api.all(`${path}/messages`);
    const exported: Readonly<Record<string, string>>[] = parse(
      (await api.get(`${path}/export.csv`)).text,
      {
        columns: true,
        bom: true,
      },
    );
    const delivered = sink.countsByRecipient();
    expect(rows).toHaveLength(accepted);
    expect(exported).toHaveLength(accepted);
    expect(sink.log).toHaveLength(accepted);
    expect(delivered.size).toBe(accepted);
    const addresses = [...delivered.keys()].toSorted();
    expect(rows.map((row) => String(row["address"])).toSorted()).toEqual(addresses);

    const doctor = await runCli(server.dataDir, "doctor");
    expect(doctor).toMatchObject({ status: 0, stdout: expect.stringContaining("ok") });
  },
);

async function signedIn(): Promise<ApiClient> {
  const person = ["--workspace", "Acme", "--email", "ana@example.org", "--password"];
  const setUp = await runCli(server.dataDir, "setup", ...person, "correct horse battery");
  expect(setUp.status).toBe(0);
  const command = "key create --workspace Acme --role admin --name script";
  const made = await runCli(server.dataDir, ...command.split(" "));
  expect(made.status).toBe(0);
  const key = /\S{24,}/.exec(made.stdout)?.[0];
  if (key === undefined) throw new Error(`no key in: ${made.stdout}`);
  return new ApiClient(server.url, key);
}
