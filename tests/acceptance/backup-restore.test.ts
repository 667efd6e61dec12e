// A back-up made while the server sends, and what a person finds after restoring it.
import { randomUUID, randomUUIDv7 } from "node:crypto";
import { copyFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { hourMs, minuteMs } from "#domain/core/time.ts";
import { protocolVersion, schemaVersion } from "#protocol/version.ts";
import { runCli } from "../support/command-line.ts";
import { RestClient, waitFor } from "../support/delivery/rest-client.ts";
import { WebhookSink } from "../support/delivery/webhook-sink.ts";
import { RealServer } from "../support/real-server.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

interface Made {
  readonly id: string;
}

interface Report {
  readonly campaign: { readonly phase: string };
  readonly counters: Readonly<Record<string, number>>;
}

interface Campaign {
  readonly phase: string;
  readonly pauseReason: string | null;
  readonly schedule: object | null;
}

let folder: string;
let server: RealServer;
let sink: WebhookSink;
let api: RestClient;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fieldcast-backup-"));
  sink = await WebhookSink.open({ latencyMs: 2, reports: true });
  server = await RealServer.open();
  api = await RestClient.setUp(server);
});

afterEach(async () => {
  await sink.close();
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

/** `perSecond`: how long it is under way, for who has to do something meanwhile. */
async function campaignFor(people: number, name: string, perSecond = 400): Promise<string> {
  const rows = Array.from({ length: people }, (_, n) => `person${n}@example.org,Name${n},yes`);
  const csv = ["email,first_name,email_consent", ...rows].join("\n");
  const started = await api.post<Made>("/contacts/import", csv, "text/csv");
  await waitFor(
    () => api.get<{ readonly state: string }>(`/imports/${started.id}`),
    ({ state }) => state === "done",
  );
  const audience = await api.post<Made>("/audiences", { name, all: true });
  const account = await api.post<Made>("/accounts", {
    name: `Hook of ${name}`,
    channel: "email",
    provider: "webhook",
    settings: { url: sink.url },
    limits: { perSecond, concurrency: 10 },
  });
  const campaign = await api.post<Made>("/campaigns", {
    name,
    type: "email",
    content: { subject: "Hi {{ first_name }}", text: "Hello {{ first_name }}" },
    audienceId: audience.id,
    accountId: account.id,
  });
  return campaign.id;
}

const isHandedOver = ({ campaign: { phase } }: Report): boolean =>
  phase === "settling" || phase === "completed";
const report = (id: string) => api.get<Report>(`/campaigns/${id}/report`);
const campaign = (id: string) => api.get<Campaign>(`/campaigns/${id}`);
const file = () => join(folder, "fieldcast.backup");

describe("a back-up made while the server sends", () => {
  test("loses nobody, sends nothing by itself, and goes on when a person resumes", async () => {
    const people = 3_000;
    const id = await campaignFor(people, "Restored", 150);
    await api.post(`/campaigns/${id}/send`);
    await waitFor(
      async () => sink.effects.size,
      (n) => n > 200,
    );
    const made = await runCli(server.dataDir, "backup", file());
    expect(made).toMatchObject({ status: 0 });
    expect((await stat(file())).mode & 0o077).toBe(0);
    expect(await readdir(folder)).toEqual(["fieldcast.backup"]);
    const atBackup = sink.effects.size;
    // What goes out now is in no back-up.
    await waitFor(
      async () => sink.effects.size,
      (n) => n > atBackup + 200,
    );
    await server.kill();
    await sink.settled();
    const lost = sink.effects.size;
    const cli = await runCli(server.dataDir, "restore", file(), "--over");
    expect(cli).toMatchObject({ status: 0 });
    expect(cli.stdout).toContain("1 campaign is paused");

    await server.start();
    expect(await campaign(id)).toMatchObject({ phase: "paused", pauseReason: "restore" });
    await sleep(1_500);
    expect(sink.effects.size).toBe(lost);
    const { counters } = await report(id);
    expect(counters["total"]).toBe(people);

    await api.post(`/campaigns/${id}/resume`);
    const end = await waitFor(() => report(id), isHandedOver, 60_000);
    // What the carrier had reported of the lost history it does not report again.
    const { submitted = 0, delivered = 0 } = end.counters;
    expect(submitted + delivered).toBe(people);
    expect(delivered).toBeGreaterThan(0);
    // Asked for twice, where the back-up did not know; with a key, nobody gets it twice.
    expect(sink.conflicts).toEqual([]);
    expect(sink.effects.size).toBe(people);
    expect(new Set([...sink.effects.values()].map(({ to }) => to)).size).toBe(people);
    expect(await runCli(server.dataDir, "doctor")).toMatchObject({ status: 0, stdout: "ok\n" });
  });

  test("holds a planned campaign until it is planned anew, and ends every session", async () => {
    const id = await campaignFor(3, "Planned");
    const at = new Date(Date.now() + hourMs).toISOString();
    await api.post(`/campaigns/${id}/schedule`, { at, zone: "UTC" });
    const signIn = await fetch(`${server.url}/api/auth/sign-in/email`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: server.url },
      body: JSON.stringify({ email: "ana@example.org", password: "correct horse battery staple" }),
    });
    const cookie = signIn.headers.getSetCookie().map((each) => each.split(";")[0]);
    expect(signIn.status).toBe(200);
    await runCli(server.dataDir, "backup", file());
    await server.stop();
    expect((await runCli(server.dataDir, "restore", file(), "--over")).stdout).toContain(
      "1 planned one waits",
    );
    // Its time passed meanwhile, a minute ago.
    await server.startAhead(hourMs + minuteMs);
    await sleep(1_000);
    expect(await campaign(id)).toMatchObject({ phase: "pending", schedule: null });
    expect(sink.effects.size).toBe(0);
    const session = await fetch(`${server.url}/api/v1/session`, {
      headers: { cookie: cookie.join("; ") },
    });
    expect(session.status).toBe(401);
  });

  test("brings accounts with their secrets to another folder, which needs nothing of the first", async () => {
    const id = await campaignFor(5, "Elsewhere");
    await runCli(server.dataDir, "backup", folder);
    const [name = ""] = await readdir(folder);
    expect(name).toMatch(/^fieldcast-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.backup$/);
    await server.stop();
    const elsewhere = join(folder, "elsewhere");
    expect(await runCli(elsewhere, "restore", join(folder, name))).toMatchObject({ status: 0 });
    // Nothing of the secret is left in the database itself.
    const secret = await readFile(join(elsewhere, "secret.key"));
    expect((await readFile(join(elsewhere, "fieldcast.db"))).includes(secret)).toBe(false);
    for (const old of await readdir(server.dataDir)) {
      await rm(join(server.dataDir, old), { recursive: true });
    }
    for (const part of ["fieldcast.db", "people.db", "secret.key", "epoch"]) {
      await copyFile(join(elsewhere, part), join(server.dataDir, part));
    }
    await server.start();
    await api.post(`/campaigns/${id}/send`);
    await waitFor(
      () => report(id),
      ({ counters }) => counters["delivered"] === 5,
    );
  });
});

const pull = (client: string, instance: string) =>
  fetch(`${server.url}/sync/pull`, {
    method: "POST",
    headers: { authorization: `Bearer ${api.key}`, "content-type": "application/json" },
    body: JSON.stringify({
      v: protocolVersion,
      schema: schemaVersion,
      client,
      instance,
      epoch: null,
      ch: "c",
      feeds: { org: { from: 0 }, team: { from: 0 }, roll: { from: 0 } },
    }),
  });

describe("a device that was signed out after the back-up", () => {
  test("[S45] S4 survival: stays signed out in the restored database, and others go on", async () => {
    const [stolen, newer, kept] = [randomUUIDv7(), randomUUIDv7(), randomUUIDv7()];
    expect((await pull(stolen, randomUUIDv7())).status).toBe(200);
    expect((await pull(kept, randomUUIDv7())).status).toBe(200);
    await runCli(server.dataDir, "backup", file());
    expect((await pull(newer, randomUUIDv7())).status).toBe(200);
    for (const id of [stolen, newer]) await api.post(`/devices/${id}/revoke`);
    expect((await pull(stolen, randomUUIDv7())).status).toBe(410);
    await server.stop();
    expect(await runCli(server.dataDir, "restore", file(), "--over")).toMatchObject({ status: 0 });
    await server.start();
    for (const id of [stolen, newer]) expect((await pull(id, randomUUIDv7())).status).toBe(410);
    expect((await pull(kept, randomUUIDv7())).status).toBe(200);
  });

  test("[S45] S4 survival: stays signed out when an older database is copied in by hand", async () => {
    const stolen = randomUUIDv7();
    expect((await pull(stolen, randomUUIDv7())).status).toBe(200);
    await server.stop();
    await copyFile(join(server.dataDir, "fieldcast.db"), join(folder, "old.db"));
    await server.start();
    await api.post(`/devices/${stolen}/revoke`);
    await server.stop();
    await copyFile(join(folder, "old.db"), join(server.dataDir, "fieldcast.db"));
    await rm(join(server.dataDir, "fieldcast.db-wal"), { force: true });
    await server.start();
    expect((await pull(stolen, randomUUIDv7())).status).toBe(410);
  });
});

describe("an older database", () => {
  test("that was copied in by hand is noticed: nothing is sent until a person confirms", async () => {
    const id = await campaignFor(2_000, "By hand", 100);
    await api.post(`/campaigns/${id}/send`);
    await waitFor(
      async () => sink.effects.size,
      (n) => n > 50,
    );
    await server.stop();
    await copyFile(join(server.dataDir, "fieldcast.db"), join(folder, "old.db"));
    await server.start();
    await waitFor(
      async () => sink.effects.size,
      (n) => n > 150,
    );
    await server.stop();
    const sent = sink.effects.size;
    await copyFile(join(folder, "old.db"), join(server.dataDir, "fieldcast.db"));
    await rm(join(server.dataDir, "fieldcast.db-wal"), { force: true });
    await server.start();
    expect(await campaign(id)).toMatchObject({ phase: "paused", pauseReason: "restore" });
    await sleep(500);
    expect(sink.effects.size).toBe(sent);
  });

  test("restored as a snapshot of the whole folder is declared with --here", async () => {
    const id = await campaignFor(2_000, "Snapshot", 100);
    await api.post(`/campaigns/${id}/send`);
    await waitFor(
      async () => sink.effects.size,
      (n) => n > 50,
    );
    await server.stop();
    expect(await runCli(server.dataDir, "restore", "--here")).toMatchObject({ status: 0 });
    await server.start();
    expect(await campaign(id)).toMatchObject({ phase: "paused", pauseReason: "restore" });
  });
});

describe("nothing is overwritten or put in place that should not be", () => {
  test("a back-up over a file, a restore over data, and beside a running server", async () => {
    await writeFile(file(), "mine");
    expect(await runCli(server.dataDir, "backup", file())).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("add --over"),
    });
    expect(await readFile(file(), "utf8")).toBe("mine");
    expect(await runCli(server.dataDir, "backup", file(), "--over")).toMatchObject({ status: 0 });
    expect(await runCli(server.dataDir, "restore", file(), "--over")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("stop it first"),
    });
    await server.stop();
    expect(await runCli(server.dataDir, "restore", file())).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("already"),
    });
    const over = await runCli(server.dataDir, "restore", file(), "--over");
    const aside = (await readdir(server.dataDir)).find((name) => name.startsWith("before")) ?? "";
    expect(over.stdout).toContain(aside);
    expect(await readdir(join(server.dataDir, aside))).toEqual(
      expect.arrayContaining(["fieldcast.db", "people.db", "secret.key", "epoch"]),
    );
    await server.start();
    expect(await api.get("/campaigns")).toMatchObject({ items: [] });
  });

  test("a file that is none of ours, that was changed, or that a newer version made", async () => {
    await server.stop();
    const before = await readFile(join(server.dataDir, "epoch"), "utf8");
    const refusedFor = async (words: string): Promise<void> => {
      const run = await runCli(server.dataDir, "restore", file(), "--over");
      expect(run).toMatchObject({ status: 1, stderr: expect.stringContaining(words) });
      expect(run.stderr).toContain("Nothing was changed");
      expect(await readFile(join(server.dataDir, "epoch"), "utf8")).toBe(before);
    };
    await writeFile(file(), randomUUID().repeat(1_000));
    await refusedFor("not a database");
    await rm(file());
    await runCli(server.dataDir, "backup", file());
    const change = (sql: string): void => {
      const db = new DatabaseSync(file());
      db.exec(sql);
      db.close();
    };
    change("update backup_part set body = randomblob(32) where name = 'secret.key'");
    await refusedFor("its secret.key was changed");
    await runCli(server.dataDir, "backup", file(), "--over");
    change("drop table backup_part");
    await refusedFor("no back-up of Fieldcast");
  });
});
