/** A campaign of more than one block: the table on a device has every recipient, in order. */
import { CampaignsState } from "#lib/state/campaigns.svelte.ts";
import { Device } from "#lib/state/device.svelte.ts";
import { RecipientsState } from "#lib/state/recipients.svelte.ts";
import { createWriter } from "#lib/state/writer.svelte.ts";
import { createApi } from "#lib/sync/api.ts";
import { newId } from "#lib/sync/new-id.ts";
import { blockRows } from "#protocol/rest/blocks.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createClock, driveUntil, openCore } from "../support/delivery/drive.ts";
import { createFakeCarrier, openFake } from "../support/delivery/fake-carrier.ts";
import { openTestApp, type Ask, type TestApp } from "../support/test-app.ts";

const people = 2 * blockRows + 3;

let it: TestApp;
let ana: Ask;

beforeEach(async () => {
  it = await openTestApp();
  ana = await it.setUp();
});
afterEach(() => it.close());

async function make(url: string, body: unknown): Promise<string> {
  return (await ana(url, { method: "POST", body })).json<{ id: string }>().id;
}

async function importPeople(): Promise<void> {
  const lines = Array.from({ length: people }, (_, n) => `person-${n + 1}@example.org,yes`);
  const body = ["email,email_consent", ...lines].join("\r\n");
  const headers = { "content-type": "text/csv" };
  const answer = await ana("/api/v1/contacts/import", { method: "POST", body, headers });
  const { id } = answer.json<{ id: string }>();
  await expect
    .poll(async () => (await ana(`/api/v1/imports/${id}`)).json(), { timeout: 15_000 })
    .toMatchObject({ state: "done", created: people });
}

/** A campaign whose audience is frozen; nothing has gone out. */
async function aFrozenCampaign(): Promise<string> {
  const audienceId = await make("/api/v1/audiences", { name: "All", all: true });
  const sandbox = { name: "Sandbox", channel: "email", provider: "sandbox" };
  const accountId = await make("/api/v1/accounts", sandbox);
  const content = { subject: "Hi", text: "Hello" };
  const campaign = { name: "Autumn", type: "email", content, audienceId, accountId };
  const id = await make("/api/v1/campaigns", campaign);
  await ana(`/api/v1/campaigns/${id}/send`, { method: "POST", body: {} });
  const clock = createClock(Date.parse("2026-11-21T10:00:00Z"));
  const account = openFake(createFakeCarrier().carrier);
  const core = openCore({ store: it.store, clock, account });
  const isFrozen = async (): Promise<boolean> =>
    (await ana(`/api/v1/campaigns/${id}`)).json<{ phase: string }>().phase !== "preparing";
  await driveUntil(core, clock, isFrozen);
  core.kill();
  return id;
}

function tableOf(campaignId: string): RecipientsState {
  const device = new Device();
  const writer = createWriter({
    device,
    write: () => undefined,
    discard: async () => false,
    onWritten: () => undefined,
  });
  const api = createApi({
    fetch: async (input) => {
      const { body, statusCode, headers } = await ana(
        input instanceof Request ? input.url : input.toString(),
      );
      return new Response(body, {
        status: statusCode,
        headers: Object.entries(headers).map(([name, value]): [string, string] => [
          name,
          String(value),
        ]),
      });
    },
    base: "",
    newId,
  });
  return new RecipientsState(
    { api, device, campaigns: new CampaignsState(device, writer, newId), now: Date.now },
    campaignId,
  );
}

test("blocks are numbered 0, 1, 2, and a device puts every recipient of them in order", async () => {
  await importPeople();
  const id = await aFrozenCampaign();
  const { blocks, total } = (await ana(`/api/v1/campaigns/${id}/blocks`)).json();
  expect(total).toBe(people);
  expect(blocks).toMatchObject([
    { n: 0, rows: blockRows },
    { n: 1, rows: blockRows },
    { n: 2, rows: 3 },
  ]);

  const table = tableOf(id);
  table.show(0, people);
  await table.load();
  expect(table.failure).toBeNull();
  expect([table.loadedBlocks, table.total, table.count]).toEqual([3, people, people]);
  expect(table.rows.map(({ index }) => index)).toEqual(
    Array.from({ length: people }, (_, n) => n + 1),
  );
  expect(new Set(table.rows.map(({ address }) => address)).size).toBe(people);
});

test("S1-22 the file that a device writes is the server's own, whatever was chosen", async () => {
  await importPeople();
  const id = await aFrozenCampaign();
  const table = tableOf(id);
  await table.load();
  const server = async (query: string) =>
    (await ana(`/api/v1/campaigns/${id}/export.csv${query}`)).body;
  const device = async () =>
    ((await (await table.export("csv", () => undefined))?.text()) ?? "").replace("\uFEFF", "");
  expect(await device()).toBe(await server(""));
  table.filter = { states: ["queued"], reasons: [], carrier: null, edition: null, q: "N-10" };
  const chosen = await server("?state=queued&q=N-10");
  await expect.poll(() => table.count).toBe(chosen.trimEnd().split("\r\n").length - 1);
  expect(await device()).toBe(chosen);
  expect(table.count).toBeGreaterThan(10);
});
