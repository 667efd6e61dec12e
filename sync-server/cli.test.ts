// The command line as a process of its own, without a server and beside one.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { runCli } from "../tests/support/command-line.ts";
import { RealServer } from "../tests/support/real-server.ts";

vi.setConfig({ testTimeout: 60_000 });

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fieldcast-cli-"));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const password = "correct horse battery";
const setUp = (dataDir: string, email = "ana@example.com", workspace = "Acme") =>
  runCli(dataDir, "setup", "--workspace", workspace, "--email", email, "--password", password);
const createKey = (dataDir: string, workspace = "Acme", role = "office") =>
  runCli(dataDir, "key", "create", "--workspace", workspace, "--role", role, "--name", "script");

test("makes a workspace once: a second call says so and changes nothing", async () => {
  expect(await setUp(folder)).toMatchObject({ status: 0, stdout: expect.stringContaining("Acme") });
  const again = await setUp(folder, "ANA@example.com", "Other");
  expect(again).toMatchObject({
    status: 0,
    stdout: expect.stringContaining("nothing was changed"),
  });
  const key = await createKey(folder, "Other");
  expect(key).toMatchObject({ status: 1, stderr: expect.stringContaining('There is: "Acme"') });
  expect(await runCli(folder, "doctor")).toMatchObject({ status: 0, stdout: "ok\n" });
});

test("refuses a second workspace of the same name", async () => {
  await setUp(folder);
  expect(await setUp(folder, "bo@example.com")).toMatchObject({ status: 1 });
});

describe("wrong use ends with status 2, and says where help is", () => {
  test.each([
    [["frob"], 'no command "frob"'],
    [["setup", "--workspace", "Acme"], "Missing: --email, --password"],
    [["doctor", "--name", "x"], "--name does not belong"],
    [["setup", "--frob"], "--frob"],
    [
      ["key", "create", "--workspace", "A", "--role", "boss", "--name", "x"],
      "--role must be one of",
    ],
  ])("%j", async (args, words) => {
    const run = await runCli(folder, ...args);
    expect(run.status).toBe(2);
    expect(run.stderr).toContain(words);
    expect(run.stderr).toContain("npm run cli -- help");
    expect(run.stderr.trim().split("\n")).toHaveLength(1);
  });
});

test("beside a running server, what it makes works at once", async () => {
  const server = await RealServer.open();
  const { dataDir, url } = server;
  expect((await setUp(dataDir)).status).toBe(0);
  const { stdout: key } = await createKey(dataDir, "Acme", "admin");
  const headers = { authorization: `Bearer ${key.trim()}` };
  const members = await fetch(`${url}/api/v1/members`, { headers });
  expect(await members.json()).toMatchObject({ items: [{ email: "ana@example.com" }] });
  expect(await runCli(dataDir, "doctor")).toMatchObject({ status: 0, stdout: "ok\n" });
  await server.close();
});

test("the demo has sent, is sending and plans to send, and its numbers are right", async () => {
  const made = await runCli(folder, "demo");
  expect(made).toMatchObject({ status: 0, stdout: expect.stringContaining("demo@example.com") });
  expect(await runCli(folder, "doctor")).toMatchObject({ status: 0, stdout: "ok\n" });
  const db = new DatabaseSync(join(folder, "fieldcast.db"), { readOnly: true });
  const phases = db
    .prepare(
      "select phase, count(*) as n from document where kind = 'campaign' group by phase order by 1",
    )
    .all();
  expect(phases.map((row) => [row["phase"], row["n"]])).toEqual([
    ["canceled", 1],
    ["completed", 12],
    ["draft", 1],
    ["pending", 2],
    ["preparing", 1],
    ["scheduled", 1],
  ]);
  db.close();
  const again = await runCli(folder, "demo");
  expect(again).toMatchObject({ status: 0, stdout: expect.stringContaining("already") });
});

test("the doctor says what differs, and that it does", async () => {
  await setUp(folder);
  const db = new DatabaseSync(join(folder, "fieldcast.db"));
  db.exec("update feed set head = 1 where feed = 'org'");
  db.exec("delete from membership");
  db.close();
  const run = await runCli(folder, "doctor");
  expect(run.status).toBe(1);
  expect(run.stdout).toContain("no version lies beyond its feed's head");
  expect(run.stdout).toContain("every workspace has an admin");
  expect(run.stdout).not.toMatch(/^ok$/m);
});

test("the doctor of an empty folder says that there is nothing yet, and makes nothing", async () => {
  const run = await runCli(join(folder, "none"), "doctor");
  expect(run).toMatchObject({ status: 1, stderr: expect.stringContaining("no database") });
});
