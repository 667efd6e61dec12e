// Code pools over REST, on the real app.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openTestApp, type Ask, type TestApp } from "../../tests/support/test-app.ts";

interface Pool {
  readonly id: string;
  readonly size: number;
  readonly left: number;
}

let app: TestApp;
let admin: Ask;

beforeEach(async () => {
  app = await openTestApp();
  admin = await app.setUp();
});

afterEach(() => app.close());

const pools = "/api/v1/code-pools";

async function aPool(body: object = {}): Promise<Pool> {
  const made = await admin(pools, { method: "POST", body: { name: "Summer", ...body } });
  expect(made.statusCode).toBe(201);
  return made.json();
}

function bring(ask: Ask, { id }: Pool, text: string) {
  const headers = { "content-type": "text/csv" };
  return ask(`${pools}/${id}/import`, { method: "POST", body: text, headers });
}

function use(ask: Ask, { id }: Pool, body: object) {
  return ask(`${pools}/${id}/redemptions`, { method: "POST", body });
}

test("codes are brought along line by line: what is no code or there already is told with its line", async () => {
  const pool = await aPool();
  const first = await bring(admin, pool, "code\nAAA-1\nnot a code\nAAA-2\naaa-1\n");
  expect(first.statusCode).toBe(200);
  expect(first.json()).toMatchObject({
    added: 2,
    rejected: 2,
    rejects: [
      { line: 3, reason: "not_a_code", detail: expect.stringContaining("letters") },
      { line: 5, reason: "duplicate" },
    ],
    pool: { size: 2, left: 2, reserved: 0, published: 0, redeemed: 0, redemptionRate: null },
  });
  const again = await bring(admin, pool, "AAA-2\nAAA-3");
  expect(again.json()).toMatchObject({ added: 1, rejected: 1, pool: { size: 3, left: 3 } });
});

test("codes are drawn by chance, each once, and short ones are refused with words", async () => {
  const pool = await aPool();
  const generate = (body: object) =>
    admin(`${pools}/${pool.id}/generate`, { method: "POST", body });
  const short = await generate({ count: 5_000, pattern: "SUMMER-####" });
  expect(short.statusCode).toBe(422);
  expect(short.json()).toMatchObject({
    type: "/docs/errors#invalid",
    field: "pattern",
    detail: expect.stringContaining("so that nobody guesses one"),
  });
  const made = await generate({ count: 12_000, pattern: "SUMMER-############" });
  expect(made.json()).toMatchObject({ added: 12_000, pool: { size: 12_000, left: 12_000 } });

  const codes: string[] = [];
  let next: string | null = "0";
  while (next !== null) {
    const page = await admin(`${pools}/${pool.id}/codes?limit=1000&cursor=${next}`);
    const answer: { items: { code: string }[]; next: string | null } = page.json();
    codes.push(...answer.items.map(({ code }) => code));
    ({ next } = answer);
  }
  expect(new Set(codes).size).toBe(12_000);
  expect(codes.every((code) => /^SUMMER-[2-9A-HJ-NP-Z]{12}$/.test(code))).toBe(true);
});

test("roles: everybody sees what is left, few see codes or make them, and the stand redeems", async () => {
  const pool = await aPool();
  await bring(admin, pool, "AAA-1\nAAA-2");
  const allowed = {
    office: { list: 200, codes: 200, make: 201, redeem: 200 },
    field: { list: 200, codes: 403, make: 403, redeem: 200 },
    manager: { list: 200, codes: 403, make: 403, redeem: 403 },
  } as const;
  for (const role of ["office", "field", "manager"] as const) {
    const ask = await app.person(admin, role);
    const list = await ask(pools);
    const codes = await ask(`${pools}/${pool.id}/codes`);
    const make = await ask(pools, { method: "POST", body: { name: role } });
    const code = role === "field" ? "AAA-1" : "AAA-2";
    const redeem = await use(ask, pool, { code, key: role });
    const got = { list, codes, make, redeem };
    expect(
      Object.fromEntries(Object.entries(got).map(([what, { statusCode }]) => [what, statusCode])),
    ).toEqual(allowed[role]);
    expect(list.body).not.toContain("AAA-");
  }
});

test("S0-D3 a code that nobody was sent is published by its redemption, once for each key", async () => {
  const pool = await aPool({ perCode: 2 });
  await bring(admin, pool, "AAA-1\nAAA-2\nAAA-3");
  const first = await use(admin, pool, { code: "aaa-2", key: "till 1, slip 7" });
  expect(first.json()).toEqual({
    code: "AAA-2",
    state: "redeemed",
    campaignId: null,
    redemptions: 1,
    entered: [],
  });
  const again = await use(admin, pool, { code: "AAA-2", key: "till 1, slip 7" });
  expect(again.json()).toMatchObject({ state: "repeated", redemptions: 1 });
  const counts = async () => (await admin(`${pools}/${pool.id}`)).json();
  expect(await counts()).toMatchObject({
    size: 3,
    left: 2,
    reserved: 0,
    published: 1,
    redeemed: 1,
  });

  expect((await use(admin, pool, { code: "AAA-2", key: "8" })).json()).toMatchObject({
    state: "redeemed",
    redemptions: 2,
  });
  const third = await use(admin, pool, { code: "AAA-2", key: "9" });
  expect(third.statusCode).toBe(409);
  expect(third.json()).toMatchObject({
    type: "/docs/errors#code_used_up",
    detail: "It was redeemed 2 times, as often as it may be.",
    field: "code",
  });
  // AMB-01: it counts once, however often it is redeemed.
  expect(await counts()).toMatchObject({ redeemed: 1, redemptions: 2, redemptionRate: 1 });
});

test("a hundred tills at once get a code's only use exactly once", async () => {
  const pool = await aPool();
  await bring(admin, pool, "AAA-1");
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, till) => use(admin, pool, { code: "AAA-1", key: `${till}` })),
  );
  const statuses = answers.map(({ statusCode }) => statusCode);
  expect(statuses.filter((status) => status === 200)).toHaveLength(1);
  expect(statuses.filter((status) => status === 409)).toHaveLength(99);
});

test("who guesses is slowed down: wrong codes cost, right ones do not", async () => {
  const pool = await aPool({ perCode: null });
  await bring(admin, pool, "AAA-1");
  for (let n = 0; n < 40; n++) {
    expect((await use(admin, pool, { code: "AAA-1", key: `${n}` })).statusCode).toBe(200);
  }
  for (let n = 0; n < 20; n++) {
    const wrong = await use(admin, pool, { code: `XXX-${n}`, key: "x" });
    expect(wrong.json()).toMatchObject({ status: 404, type: "/docs/errors#code_unknown" });
  }
  const slowed = await use(admin, pool, { code: "AAA-1", key: "later" });
  expect(slowed.statusCode).toBe(429);
  expect(Number(slowed.headers["retry-after"])).toBeGreaterThan(0);
  // A pool is closed for a while when many callers guess at it.
  for (let n = 0; n < 4; n++) {
    const ask = await app.person(admin, "field");
    for (let guess = 0; guess < 20; guess++) {
      await use(ask, pool, { code: `YYY-${n}-${guess}`, key: "y" });
    }
  }
  const other = await app.person(admin, "office");
  expect((await use(other, pool, { code: "AAA-1", key: "z" })).statusCode).toBe(429);
  app.wait(120_000);
  expect((await use(other, pool, { code: "AAA-1", key: "z" })).statusCode).toBe(200);
});

/** A campaign over the API to as many people as there are lines, ready to be sent. */
async function aCampaign(people: number, over: object) {
  const lines = Array.from({ length: people }, (_, n) => `p${n}@example.org,yes`);
  const headers = { "content-type": "text/csv" };
  const csv = ["email,email_consent", ...lines, "no@example.org,no"].join("\n");
  await admin("/api/v1/contacts/import", { method: "POST", body: csv, headers });
  const made = async (url: string, body: object): Promise<string> => {
    const answer = await admin(url, { method: "POST", body });
    expect(answer.statusCode).toBe(201);
    return answer.json<{ id: string }>().id;
  };
  await vi.waitFor(async () => {
    const { items } = (await admin("/api/v1/imports")).json<{ items: { state: string }[] }>();
    expect(items[0]?.state).toBe("done");
  });
  const audienceId = await made("/api/v1/audiences", { name: "All", rule: { kind: "all" } });
  const account = { name: "Sandbox", channel: "email", provider: "sandbox", settings: {} };
  const accountId = await made("/api/v1/accounts", account);
  const content = { subject: "Hi", text: "Your code: {{ code }}" };
  const campaign = { name: "Summer", type: "email", content, audienceId, accountId, ...over };
  const id = await made("/api/v1/campaigns", campaign);
  const url = `/api/v1/campaigns/${id}`;
  const act = (path: string, body: object = {}) =>
    admin(`${url}/${path}`, { method: "POST", body });
  const change = (body: object) => admin(url, { method: "PATCH", body });
  return { id, act, change, read: async () => (await admin(url)).json() };
}

test("a launch with too few codes is refused with words; pre-flight tells what is needed and left", async () => {
  const pool = await aPool();
  await bring(admin, pool, "AAA-1\nAAA-2");
  const { act, change, read } = await aCampaign(3, { codePoolId: pool.id });
  expect(await read()).toMatchObject({ codePoolId: pool.id, codePolicy: "refuse" });
  expect((await act("preflight")).json()).toMatchObject({
    recipients: 3,
    codes: { needed: 3, left: 2 },
  });
  const at = new Date(Date.parse("2026-11-22T10:00:00Z")).toISOString();
  for (const [path, body] of [
    ["send", {}],
    ["schedule", { at }],
  ] as const) {
    const refused = await act(path, body);
    expect(refused.statusCode).toBe(409);
    expect(refused.json()).toMatchObject({
      type: "/docs/errors#codes_short",
      field: "codePoolId",
      detail: "The campaign needs 3 codes, and its pool has 2 left.",
    });
  }
  // Whoever enters takes one: a campaign that waits for something needs any.
  const trigger = { event: "order_paid" };
  expect((await act("live", { trigger })).statusCode).toBe(200);
  const other = await aCampaign(3, { codePoolId: pool.id });
  await other.change({ codePolicy: "skip" });
  expect((await other.act("send")).statusCode).toBe(200);
  expect((await change({ codePoolId: null })).statusCode).toBe(409);
});

test("a text shows a code only where the campaign has a pool, and a pool only serves a text that shows it", async () => {
  const pool = await aPool();
  await bring(admin, pool, "AAA-1\nAAA-2\nAAA-3");
  const { act, change } = await aCampaign(1, {});
  expect((await act("send")).json()).toMatchObject({
    type: "/docs/errors#invalid",
    field: "content.text",
    detail: expect.stringContaining("only a campaign with a code pool has"),
  });
  const nothing = "00000000-0000-7000-8000-0000000000ff";
  expect((await change({ codePoolId: nothing })).json()).toMatchObject({
    field: "codePoolId",
    detail: "There is no such code pool.",
  });
  await change({ codePoolId: pool.id, content: { text: "Hello" } });
  expect((await act("send")).json()).toMatchObject({
    field: "content.text",
    detail: expect.stringContaining("says nowhere {{ code }}"),
  });
  await change({ content: { text: 'Your code: {{ code | default: "none" }}' } });
  expect((await act("send")).statusCode).toBe(200);
});

interface Use {
  readonly n: number;
  readonly code: string;
  readonly result: string;
  readonly reason: string | null;
}

function said({ items }: { readonly items: readonly Use[] }): readonly string[] {
  return items.map(({ reason, result }) => reason ?? result);
}

test("S0-D4 S0-D5 redemptions and refused attempts are told with their reasons, filtered, and exported as they are shown", async () => {
  const pool = await aPool();
  const other = await aPool({ name: "Winter" });
  await bring(admin, pool, "SUMMER-AB12\nSUMMER-CD34");
  await bring(admin, other, "WINTER-EF56");
  const made = await admin("/api/v1/contacts", {
    method: "POST",
    body: { email: "ana@example.org", firstName: "Ana", lastName: "Lee", consents: [] },
  });
  expect(made.statusCode).toBe(201);
  const contact = { email: "ana@example.org" };
  await use(admin, pool, { code: "SUMMER-AB12", key: "1", contact });
  await use(admin, pool, { code: "SUMMER-AB12", key: "1", contact });
  await use(admin, pool, { code: "SUMMER-AB12", key: "2" });
  await use(admin, pool, { code: "NOPE", key: "3" });
  await use(admin, pool, { code: "SUMMER-CD34", key: "4", contact: { email: "no@example.org" } });
  const patch = (of: Pool, body: object) => admin(`${pools}/${of.id}`, { method: "PATCH", body });
  for (const body of [
    { startsAt: "2100-01-01T00:00:00Z" },
    { startsAt: null, endsAt: "2001-01-01T00:00:00Z" },
    { disabled: true },
  ]) {
    expect((await patch(other, body)).statusCode).toBe(200);
    const closed = await use(admin, other, { code: "WINTER-EF56", key: "5" });
    expect(closed.json()).toMatchObject({ status: 409, type: "/docs/errors#code_closed" });
  }
  const list = async (query = "", ask = admin) =>
    (await ask(`/api/v1/redemptions${query}`)).json<{ items: Use[]; next: string | null }>();
  const all = ["disabled", "expired", "not_active_yet", "nobody", "unknown", "used_up", "redeemed"];
  expect(said(await list())).toEqual(all);
  expect(said(await list(`?poolId=${other.id}`))).toEqual(all.slice(0, 3));
  expect(said(await list("?result=redeemed"))).toEqual(["redeemed"]);
  expect(said(await list("?reason=used_up"))).toEqual(["used_up"]);
  expect(said(await list("?customer=ana"))).toEqual(["redeemed"]);
  expect(said(await list("?to=2001-01-01T00:00:00Z"))).toEqual([]);
  const page = await list("?limit=4");
  expect(said(await list(`?limit=4&cursor=${page.next}`))).toEqual(all.slice(4));

  const [first] = (await list("?result=redeemed")).items;
  expect(first).toMatchObject({
    code: "SUMMER-AB12",
    customer: { name: "Ana Lee", email: "ana@example.org", phone: null },
  });
  const manager = await app.person(admin, "manager");
  const [masked] = (await list("?result=redeemed", manager)).items;
  expect(masked).toMatchObject({ code: "SU•••12", customer: { email: "a•••@example.org" } });
  expect(said(await list("?customer=example", manager))).toEqual([]);

  const file = await admin("/api/v1/redemptions.csv?reason=used_up");
  const [head, line, ...more] = file.body.trim().split("\r\n");
  expect(head).toMatch(/^.?code,time,result,reason,explanation,customer,/);
  expect(line).toMatch(
    /^SUMMER-AB12,.*,refused,used_up,The code was redeemed as often as it may be,/,
  );
  expect(more).toEqual([]);
});

test("S0-D5 a redemption is rolled back once: the code may be redeemed again, and its counters follow", async () => {
  const pool = await aPool();
  await bring(admin, pool, "AAA-1\nAAA-2");
  await use(admin, pool, { code: "AAA-1", key: "1" });
  const [done] = (await admin("/api/v1/redemptions")).json<{ items: Use[] }>().items;
  const back = (ask: Ask, n = done?.n ?? 0) =>
    ask(`${pools}/${pool.id}/redemptions/${n}/rollback`, { method: "POST", body: {} });
  expect((await back(await app.person(admin, "field"))).statusCode).toBe(403);
  expect((await back(admin, 4_711)).statusCode).toBe(404);
  const answers = await Promise.all([back(admin), back(admin), back(admin)]);
  expect(answers.map(({ statusCode }) => statusCode).toSorted((a, b) => a - b)).toEqual([
    200, 409, 409,
  ]);
  const counts = async () => (await admin(`${pools}/${pool.id}`)).json();
  // Whoever has it may know it: it stays published.
  expect(await counts()).toMatchObject({ left: 1, published: 1, redeemed: 0, redemptions: 0 });
  const late = await use(admin, pool, { code: "AAA-1", key: "1" });
  expect(late.json()).toMatchObject({ status: 422, field: "key" });
  expect((await use(admin, pool, { code: "AAA-1", key: "2" })).statusCode).toBe(200);
  expect(await counts()).toMatchObject({ redeemed: 1, redemptions: 1 });
  const activity = await admin("/api/v1/activity");
  expect(activity.json().items).toContainEqual(
    expect.objectContaining({
      event: "code.rolled_back",
      detail: { pool: pool.id, code: "•••", redemption: done?.n },
    }),
  );
  const codes = (await admin(`${pools}/${pool.id}/codes?q=aaa-1`)).json();
  expect(codes.items).toMatchObject([{ code: "AAA-1", state: "published", recipient: null }]);
});
