// A provider that is one file and nothing else (tests/support/providers): the server finds it, REST
// and the form make accounts of it, messages leave through it, and its receipts are heard.
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ProviderDescription } from "#domain/campaign/provider.ts";
import { minuteMs } from "#domain/core/time.ts";
import {
  checkValues,
  settingsOf,
  summaryText,
  valuesOf,
} from "../../src/lib/features/settings/account-fields.ts";
import { RestClient } from "../support/delivery/rest-client.ts";
import { everybody, isHandedOver, reportWhen, rowsOf, send } from "../support/delivery/sending.ts";
import { RealServer } from "../support/real-server.ts";

let server: RealServer;
let api: RestClient;
let folder: string;
let account: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fieldcast-spool-"));
  server = await RealServer.open({ PROVIDERS_DIR: resolve("tests/support/providers") });
  api = await RestClient.setUp(server);
}, 60_000);

afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

async function described(): Promise<ProviderDescription> {
  const { items } = await api.get<{ items: readonly ProviderDescription[] }>("/providers");
  const found = items.find(({ name }) => name === "spool");
  if (found === undefined) throw new Error("the server did not find it");
  return found;
}

function told(key: string, status: string, token = "t0ken"): Promise<Response> {
  return fetch(`${server.url}/api/v1/receipts/${account}`, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", "x-spool-token": token },
    body: new URLSearchParams({ key, status }).toString(),
  });
}

test("its form is drawn from what it declares, and makes an account", async () => {
  const spool = await described();
  const values = valuesOf(spool, undefined);
  expect(values).toEqual({ folder: "", token: "", layout: "json", mode: "384" });
  expect(checkValues(spool, values)).toEqual([{ field: "folder", text: "Fill in: Folder" }]);
  const settings = settingsOf(spool, { ...values, folder, token: "t0ken" });
  const input = { name: "Spool", channel: "email", provider: "spool", settings };
  const made = await api.post<Parameters<typeof summaryText>[0]>("/accounts", input);
  account = made.id;
  expect(JSON.stringify(made)).not.toContain("t0ken");
  const seen = { ...made, summary: { folder, layout: "json", mode: 384 } };
  expect(made).toMatchObject({ settings: seen.summary });
  expect(summaryText(seen, spool)).toBe(`json in ${folder}, no limit`);
});

test("messages leave through it, and what it tells is heard", { timeout: 60_000 }, async () => {
  const [ana, ben] = ["ana@example.org", "ben@example.org"];
  const campaign = await send(api, await everybody(api, [ana, ben]), account);
  await reportWhen(api, campaign, isHandedOver);
  const keys = await readdir(folder);
  expect(keys).toHaveLength(2);
  const [first = "", second = ""] = keys;

  expect((await told(first, "done", "wrong")).status).toBe(401);
  expect((await told("", "done")).status).toBe(200);
  expect(await (await told(first, "done")).json()).toEqual({ received: 1, applied: 1 });
  expect(await (await told(second, "lost")).json()).toEqual({ received: 1, applied: 1 });
  expect(await (await told(first, "eaten")).json()).toEqual({ received: 1, applied: 0 });
  const rows = await rowsOf(api, campaign);
  const states = [ana, ben].map((address) => rows.get(address)?.state);
  expect(states).toContain("delivered");
  const unmatched = await api.get<{ items: readonly { said: string }[] }>("/receipts/unmatched");
  expect(unmatched.items).toMatchObject(
    expect.arrayContaining([expect.objectContaining({ said: 'status "eaten"' })]),
  );
});

test("it reads no replies, so none are taken", async () => {
  const answer = await fetch(`${server.url}/api/v1/inbound/${account}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ from: "ana@example.org", text: "STOP" }),
  });
  expect(answer.status).toBe(404);
});

test("of an account that was made before anything was learned, its own time for proof is nobody's choice", async () => {
  await server.stop();
  const db = new DatabaseSync(join(server.dataDir, "fieldcast.db"));
  db.prepare(
    `update document set doc = json_set(json_remove(doc, '$.usualWindowMs'), '$.resolveWindowMs', ?)
      where kind = 'account' and id = ?`,
  ).run(20 * minuteMs, account);
  db.close();
  await server.start({ PROVIDERS_DIR: resolve("tests/support/providers") });
  const { items } = await api.get<{ items: readonly object[] }>("/accounts");
  expect(items).toMatchObject([{ id: account, resolveMinutes: 20, resolveBasis: "provider" }]);
});

test("a server without the file keeps the account, and says what is missing", async () => {
  await server.stop();
  await server.start();
  const tried = api.post(`/accounts/${account}/test`);
  await expect(tried).rejects.toThrow("no provider spool");
  expect((await told("key", "done")).status).toBe(404);
});
