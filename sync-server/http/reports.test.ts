import { brotliDecompressSync } from "node:zlib";
import { Workbook } from "@cj-tech-master/excelts";
import type { Limits } from "#domain/campaign/account.ts";
import { messageStates, stateOf } from "#domain/message/state.ts";
import { reasonOf } from "#domain/message/reason.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createClock, driveUntil, openCore } from "../../tests/support/delivery/drive.ts";
import { createFakeCarrier, openFake } from "../../tests/support/delivery/fake-carrier.ts";
import { askAs, openTestApp, type Ask, type TestApp } from "../../tests/support/test-app.ts";
import type { Outcome } from "../providers/provider.ts";

let app: TestApp;
let ana: Ask;

beforeEach(async () => {
  app = await openTestApp();
  ana = await app.setUp();
});
afterEach(() => app.close());

async function make(url: string, body: unknown): Promise<string> {
  const answer = await ana(url, { method: "POST", body });
  if (answer.statusCode >= 300) throw new Error(`${url}: ${answer.body}`);
  return answer.json<{ id: string }>().id;
}

const refused: Outcome = {
  outcome: "refused",
  reason: "invalid_address",
  code: "550",
  words: "no",
};

/** Three contacts that are reached, one that fails, one that never allowed it. */
async function aSentCampaign(): Promise<string> {
  const { id, until } = await aLaunchedCampaign();
  await until(({ phase }) => phase === "completed");
  return id;
}

interface Shown {
  readonly phase: string;
  readonly pace: unknown;
}

/** The same at its launch; `until` goes on until the report is as asked. */
async function aLaunchedCampaign(limits: Partial<Limits> = {}) {
  for (const name of ["Ana", "Ben", "=Cem", "Dora", "Eve"]) {
    await make("/api/v1/contacts", {
      email: `${name.replace("=", "").toLowerCase()}@example.org`,
      firstName: name,
      consents: name === "Eve" ? [] : [{ channel: "email", granted: true }],
    });
  }
  const audienceId = await make("/api/v1/audiences", { name: "All", all: true });
  const accountId = await make("/api/v1/accounts", {
    name: "Sandbox",
    channel: "email",
    provider: "sandbox",
  });
  const id = await make("/api/v1/campaigns", {
    name: "Autumn",
    type: "email",
    content: { subject: "Hi", text: "Hello" },
    audienceId,
    accountId,
  });
  const sent = await ana(`/api/v1/campaigns/${id}/send`, { method: "POST", body: {} });
  expect(sent.statusCode).toBeLessThan(300);
  const fake = createFakeCarrier(({ to }) =>
    to.startsWith("ben") ? refused : { outcome: "accepted", state: "delivered", providerId: null },
  );
  const clock = createClock(Date.parse("2026-11-21T10:00:00Z"));
  const account = openFake(fake.carrier, { limits });
  const core = openCore({ store: app.store, clock, account });
  const shown = async (): Promise<Shown> => {
    const report = (await ana(`/api/v1/campaigns/${id}/report`)).json();
    return { phase: report.campaign.phase, pace: report.pace };
  };
  const until = async (isDone: (seen: Shown) => boolean) => {
    await driveUntil(core, clock, async () => isDone(await shown()));
    return shown();
  };
  return { id, until };
}

test("the report of a campaign at work tells its rate, what limits it, with whom it shares, and the end", async () => {
  const { until } = await aLaunchedCampaign({ perSecond: 1 });
  const { pace } = await until((seen) => JSON.stringify(seen.pace).includes('"account"'));
  expect(pace).toEqual({
    perSecond: expect.any(Number),
    limitedBy: "account",
    sharedBy: 0,
    expectedEnd: expect.stringMatching(/^2026-11-21T10:/),
  });
});

test("a report tells its counters in every vocabulary, and they agree with its rows", async () => {
  const id = await aSentCampaign();
  const report = (await ana(`/api/v1/campaigns/${id}/report`)).json();
  expect(report.counters).toMatchObject({ total: 5, delivered: 3, failed: 1, skipped: 1 });
  expect(report.vocabularies.headline).toMatchObject({ sent: 3, failed: 1, skipped: 1, toGo: 0 });
  expect(report.vocabularies.flow).toMatchObject({ success: 3, failed: 1, notSubmitted: 1 });
  expect(report.reasons).toContainEqual({
    state: "failed",
    reason: "invalid_address",
    text: "The number or address is not valid",
    n: 1,
  });
  expect(report.timeline.completedAt).toMatch(/^2026-11-21T10:00/);
  expect(report.pace).toBeNull();
  const points: { entered: Record<string, number> }[] = report.series;
  const entered = (state: string) =>
    points.reduce((sum, point) => sum + (point.entered[state] ?? 0), 0);
  // Who was delivered to at once passed `submitted` as well.
  expect(["submitted", "delivered", "failed", "skipped"].map(entered)).toEqual([3, 3, 1, 1]);
});

test("rows come page by page, and by state, reason and part of a name or address", async () => {
  const id = await aSentCampaign();
  const url = `/api/v1/campaigns/${id}/messages`;
  const first = (await ana(`${url}?limit=2`)).json();
  expect(first.items.map(({ n }: { n: number }) => n)).toEqual([1, 2]);
  const second = (await ana(`${url}?limit=3&cursor=${first.next}`)).json();
  expect(second.items.map(({ n }: { n: number }) => n)).toEqual([3, 4, 5]);
  expect(second.next).toBeNull();
  const names = async (query: string): Promise<string[]> =>
    (await ana(`${url}?${query}`)).json().items.map(({ name }: { name: string }) => name);
  expect(await names("state=failed")).toEqual(["Ben"]);
  expect(await names("reason=no_consent")).toEqual(["Eve"]);
  expect(await names("reason=no_consent,invalid_address")).toEqual(["Ben", "Eve"]);
  expect(await names("state=failed,skipped&q=eve")).toEqual(["Eve"]);
  expect(await names("q=DORA")).toEqual(["Dora"]);
  expect(await names("q=eve@")).toEqual(["Eve"]);
  expect(await names("q=%25")).toEqual([]);
  expect((await ana(`${url}?state=nonsense`)).statusCode).toBe(422);
  expect((await ana(`${url}?cursor=x`)).statusCode).toBe(422);
});

test("who may not see addresses gets them masked and cannot find them by searching", async () => {
  const id = await aSentCampaign();
  const manager = await app.person(ana, "manager");
  const rows = (await manager(`/api/v1/campaigns/${id}/messages`)).json();
  expect(rows.items[0].address).toBe("a•••@example.org");
  expect((await manager(`/api/v1/campaigns/${id}/messages?q=ben@`)).json().items).toEqual([]);
  const file = (await manager(`/api/v1/campaigns/${id}/export.csv`)).body;
  expect(file).not.toContain("ana@example.org");
});

test("the exported file has every row, the reason in words, and no cell that is computed", async () => {
  const id = await aSentCampaign();
  const answer = await ana(`/api/v1/campaigns/${id}/export.csv`);
  expect(answer.headers["content-type"]).toContain("text/csv");
  expect(answer.headers["content-disposition"]).toMatch(/campaign-1\d+-Autumn-[\da-f-]{19}\.csv/);
  const lines = answer.body.trim().split("\r\n");
  expect(lines).toHaveLength(6);
  expect(lines[2]).toContain("ben@example.org,Ben,failed,");
  expect(lines[2]).toContain("The number or address is not valid,invalid_address");
  expect(lines[3]).toContain(",'=Cem,");
  const failed = await ana(`/api/v1/campaigns/${id}/export.csv?state=failed`);
  expect(failed.body.trim().split("\r\n")).toHaveLength(2);
});

test("S1-05 S1-21 S1-22 AMB-21 the workbook has exactly the filtered rows, typed, and says what was filtered", async () => {
  const id = await aSentCampaign();
  const answer = await ana(`/api/v1/campaigns/${id}/export.xlsx`);
  expect(answer.headers["content-type"]).toContain("spreadsheetml.sheet");
  expect(answer.headers["content-disposition"]).toMatch(/campaign-1\d+-Autumn-[\da-f-]{19}\.xlsx/);
  const [rows] = await sheetsOf(answer.rawPayload);
  const [heading, first, second, third] = rows ?? [];
  expect(rows).toHaveLength(6);
  expect(heading?.slice(1, 6)).toEqual(["address", "name", "state", "time (UTC)", "failed reason"]);
  expect(first?.slice(0, 4)).toEqual([1, "ana@example.org", "Ana", "delivered"]);
  expect(first?.[4]).toBeInstanceOf(Date);
  expect(second?.slice(5)).toEqual([
    "The number or address is not valid",
    "invalid_address",
    "550",
    "no",
    1,
    expect.any(Number),
    null,
    1,
  ]);
  // A text, whatever it begins with.
  expect(third?.[2]).toBe("=Cem");

  const narrowed = await ana(`/api/v1/campaigns/${id}/export.xlsx?state=failed,skipped&q=e`);
  const [failed, , about] = await sheetsOf(narrowed.rawPayload);
  expect(failed?.map((row) => row[2])).toEqual(["name", "Ben", "Eve"]);
  expect(about).toContainEqual(["states", "failed, skipped"]);
  expect(about).toContainEqual(["search", "e"]);
  expect(about).toContainEqual(["recipients in this file", 2]);
  expect(about).toContainEqual(["of these failed", 1]);
  const report = (await ana(`/api/v1/campaigns/${id}/report`)).json();
  expect(about).toContainEqual(["snapshot", report.snapshot]);
  expect(narrowed.headers["fieldcast-rows"]).toBe("2");
  expect(about?.find(([what]) => what === "as of (UTC)")?.[1]).toBeInstanceOf(Date);
});

test("I-10 a snapshot answers the same digits after the campaign moved on, and its rows are never mixed with others", async () => {
  const id = await aSentCampaign();
  const base = `/api/v1/campaigns/${id}`;
  const first = (await ana(`${base}/report`)).json();
  const rows = (await ana(`${base}/messages`)).json();
  const file = await ana(`${base}/export.csv?snapshot=${first.snapshot}`);
  expect(file.headers["fieldcast-snapshot"]).toBe(first.snapshot);
  expect(file.headers["fieldcast-rows"]).toBe(String(rows.items.length));

  const read = { n: 1, gen: 1, state: "read", at: 9, reason: "none", code: "", words: "" } as const;
  await app.store.delivery.prove({ distribution: 1, proofs: [read], now: 9 });
  const second = (await ana(`${base}/report`)).json();
  expect(second.counters).toMatchObject({ delivered: 2, read: 1 });
  expect(second.snapshot).not.toBe(first.snapshot);

  expect((await ana(`${base}/report?snapshot=${first.snapshot}`)).json()).toEqual(first);
  expect((await ana(`${base}/report?snapshot=${second.snapshot}`)).json()).toEqual(second);
  const moved = await ana(`${base}/export.xlsx?snapshot=${first.snapshot}`);
  expect([moved.statusCode, moved.json().type]).toEqual([410, "/docs/errors#rows_moved_on"]);
  const never = await ana(`${base}/report?snapshot=0000-0000-0000-0000`);
  expect([never.statusCode, never.json().type]).toEqual([410, "/docs/errors#snapshot_gone"]);
  expect((await ana(`${base}/report?snapshot=nonsense`)).statusCode).toBe(422);
});

test("blocks tell the same as the rows, keep for ever under their hash, and change it when a row does", async () => {
  const id = await aSentCampaign();
  const base = `/api/v1/campaigns/${id}/blocks`;
  const list = (await ana(base)).json();
  expect(list).toMatchObject({ total: 5, blocks: [{ n: 0, rows: 5 }] });
  const [{ staticHash, dynamicHash }] = list.blocks;
  const fixed = await ana(`${base}/0/static/${staticHash}`);
  expect(fixed.headers["cache-control"]).toBe("no-store");
  expect(fixed.json()).toMatchObject({ part: "static", first: 1, masked: false });
  const moving = (await ana(`${base}/0/dynamic/${dynamicHash}`)).json();
  const states = moving.state.map((code: number) => stateOf(code));
  expect(states).toEqual(["delivered", "failed", "delivered", "delivered", "skipped"]);
  expect(messageStates).toEqual(expect.arrayContaining(states));
  expect(reasonOf(moving.reason[1])).toBe("invalid_address");

  const proof = {
    n: 2,
    gen: 1,
    state: "read",
    at: 9,
    reason: "none",
    code: "",
    words: "",
  } as const;
  await app.store.delivery.prove({ distribution: 1, proofs: [proof], now: 9 });
  const [changed] = (await ana(base)).json().blocks;
  expect(changed.staticHash).toBe(staticHash);
  expect(changed.dynamicHash).not.toBe(dynamicHash);
  const old = await ana(`${base}/0/dynamic/${dynamicHash}`);
  expect(old.headers["cache-control"]).toBe("no-store");
});

test("a block comes compressed, under a tag, and in the range that is asked for", async () => {
  const id = await aSentCampaign();
  const base = `/api/v1/campaigns/${id}/blocks`;
  const [{ staticHash }] = (await ana(base)).json().blocks;
  const url = `${base}/0/static/${staticHash}`;
  const whole = await ana(url);
  const packed = await ana(url, { headers: { "accept-encoding": "br" } });
  expect(packed.headers).toMatchObject({ "content-encoding": "br", "accept-ranges": "bytes" });
  expect(brotliDecompressSync(packed.rawPayload).toString()).toBe(whole.body);
  expect(packed.headers["etag"]).not.toBe(whole.headers["etag"]);

  const tag = String(whole.headers["etag"]);
  const part = async (range: string, headers: Record<string, string> = {}) =>
    ana(url, { headers: { range, ...headers } });
  const rest = await part("bytes=10-", { "if-range": tag });
  expect(rest.statusCode).toBe(206);
  expect(whole.body.slice(0, 10) + rest.body).toBe(whole.body);
  expect(rest.headers["content-range"]).toBe(
    `bytes 10-${whole.body.length - 1}/${whole.body.length}`,
  );
  expect((await part("bytes=2-4")).body).toBe(whole.body.slice(2, 5));
  expect((await part("bytes=-3")).body).toBe(whole.body.slice(-3));
  expect((await part("bytes=999999-")).statusCode).toBe(416);
  for (const answer of [
    await part("bytes=10-", { "if-range": '"other"' }),
    await part("lines=1-2"),
  ]) {
    expect([answer.statusCode, answer.body]).toEqual([200, whole.body]);
  }
});

test("masked and plain blocks have different names, and nobody gets plain ones by asking for them", async () => {
  const id = await aSentCampaign();
  const manager = await app.person(ana, "manager");
  const base = `/api/v1/campaigns/${id}/blocks`;
  const [plain] = (await ana(base)).json().blocks;
  const [masked] = (await manager(base)).json().blocks;
  expect(masked.staticHash).not.toBe(plain.staticHash);
  const stolen = await manager(`${base}/0/static/${plain.staticHash}`);
  expect(stolen.json()).toMatchObject({ masked: true });
  expect(stolen.body).not.toContain("ana@example.org");
});

test("the activity tells what people and the engine did, newest first", async () => {
  const id = await aSentCampaign();
  const { items } = (await ana(`/api/v1/campaigns/${id}/activity`)).json();
  const events = items.map(({ event }: { event: string }) => event);
  expect(events[0]).toBe("engine.completed");
  expect(events).toEqual(expect.arrayContaining(["engine.prepared", "engine.started"]));
  const one = (await ana(`/api/v1/campaigns/${id}/activity?limit=1`)).json();
  const rest = (await ana(`/api/v1/campaigns/${id}/activity?cursor=${one.next}`)).json();
  expect([...one.items, ...rest.items]).toEqual(items);
  const all = (await ana("/api/v1/activity")).json();
  expect(all.items.length).toBeGreaterThan(items.length);
});

test("the activity names the API key that did something", async () => {
  const made = await ana("/api/v1/keys", {
    method: "POST",
    body: { name: "Shop", role: "office" },
  });
  const { key } = made.json<{ key: string }>();
  const shop = askAs(app.app, { authorization: `Bearer ${key}` });
  const draft = { name: "By key", type: "email" };
  const answer = await shop("/api/v1/campaigns", { method: "POST", body: draft });
  const { id } = answer.json<{ id: string }>();
  const byPerson = await make("/api/v1/campaigns", { ...draft, name: "By Ana" });
  const [ofKey] = (await ana(`/api/v1/campaigns/${id}/activity`)).json().items;
  expect(ofKey).toMatchObject({ event: "campaign.create", byKey: "Shop" });
  const [ofPerson] = (await ana(`/api/v1/campaigns/${byPerson}/activity`)).json().items;
  expect(ofPerson).toMatchObject({ event: "campaign.create", byKey: null });
});

test("another workspace's campaign is not there", async () => {
  const nowhere = "00000000-0000-7000-8000-000000000099";
  for (const path of ["report", "messages", "export.csv", "export.xlsx", "activity", "blocks"]) {
    expect((await ana(`/api/v1/campaigns/${nowhere}/${path}`)).statusCode).toBe(404);
  }
});

/** The cells of each sheet, as a reader of Excel files understands them. */
async function sheetsOf(file: Buffer): Promise<readonly (readonly unknown[])[][]> {
  const book = new Workbook();
  await book.xlsx.load(file);
  return book.worksheets.map((sheet) => {
    const rows: unknown[][] = [];
    sheet.eachRow((row) => {
      const cells: unknown[] = [];
      row.eachCell({ includeEmpty: true }, (cell) => {
        expect(cell.formula).toBeUndefined();
        cells.push(cell.value);
      });
      rows.push(cells);
    });
    return rows;
  });
}
