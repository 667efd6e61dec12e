// Campaigns that wait for a date of their contacts, for who comes into their audience, or for a code, on the real server over REST.
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dayMs, hourMs } from "#domain/core/time.ts";
import { RestClient, waitFor } from "../support/delivery/rest-client.ts";
import {
  importCsv,
  makeParts,
  type CampaignParts,
  type Made,
} from "../support/delivery/rest-parts.ts";
import { RealServer } from "../support/real-server.ts";

interface Rows {
  readonly items: readonly { readonly address: string; readonly state: string }[];
}

let server: RealServer;
let api: RestClient;
let parts: CampaignParts;
/** Two hours ago, so that it is never across midnight for the dates below. */
const then = new Date(Date.now() - 2 * hourMs);
const today = then.toISOString().slice(5, 10);

beforeAll(async () => {
  server = await RealServer.open();
  api = await RestClient.setUp(server);
  const people = [
    "email,first_name,country,phone,Birthday,email_consent",
    `ann@example.org,Ann,FR,+4915112345671,1992-${today},yes`,
    `bob@example.org,Bob,DE,+4915112345672,--${today},no`,
    "cleo@example.org,Cleo,DE,+4915112345673,1990-02-30,yes",
    "dan@example.org,Dan,DE,+4915112345673,,yes",
  ];
  parts = await makeParts(api, people.join("\n"));
}, 60_000);

afterAll(() => server.close());

async function makeCampaign(name: string, over: object = {}): Promise<string> {
  const content = { subject: "Hi", text: "Hello {{ first_name }}" };
  const made = await api.post<Made>("/campaigns", {
    name,
    type: "email",
    content,
    ...parts,
    ...over,
  });
  return made.id;
}

async function setLive(id: string, trigger: object): Promise<void> {
  await api.post(`/campaigns/${id}/live`, { trigger });
  await waitFor(
    () => api.get<{ readonly phase: string }>(`/campaigns/${id}`),
    ({ phase }) => phase === "active",
  );
}

function settledRows(id: string, n: number): Promise<Rows> {
  return waitFor(
    () => api.get<Rows>(`/campaigns/${id}/messages`),
    ({ items }) => items.length === n && items.every(({ state }) => isOver.has(state)),
    60_000,
  );
}

const isOver = new Set(["delivered", "unconfirmed", "undelivered", "failed", "skipped"]);

test(
  "S0-D1 S0-38 a birthday that came while the server was down is kept once, through kills; consent holds",
  { timeout: 120_000 },
  async () => {
    const id = await makeCampaign("Birthday");
    const trigger = { kind: "date", field: "Birthday", time: then.toISOString().slice(11, 16) };
    for (const [wrong, field] of [
      [{ time: "25:00" }, "trigger.time"],
      [{ zone: "Mars/Olympus" }, "trigger.zone"],
      [{ days: 1_000 }, "trigger.days"],
    ] as const) {
      const body = { trigger: { ...trigger, ...wrong } };
      expect(await api.refused("POST", `/campaigns/${id}/live`, body)).toMatchObject({ field });
    }
    await setLive(id, trigger);
    expect(await api.get(`/campaigns/${id}`)).toMatchObject({
      trigger: { ...trigger, every: "year", days: 0, local: false, ifLate: "hold" },
    });
    await server.kill();
    bringBack(id);
    await server.start();
    expect((await settledRows(id, 2)).items).toMatchObject([
      { address: "ann@example.org" },
      { address: "bob@example.org", state: "skipped" },
    ]);
    for (let kills = 0; kills < 2; kills++) {
      await server.kill();
      bringBack(id);
      await server.start();
    }
    await waitFor(
      async () => dueDay(id),
      (day) => day > Math.floor(then.getTime() / dayMs),
    );
    expect((await settledRows(id, 2)).items).toHaveLength(2);
    await api.post(`/campaigns/${id}/end`);
  },
);

test(
  "S0-D1 who comes into the audience is written to; who was in it is not",
  { timeout: 120_000 },
  async () => {
    const audience = await api.post<Made>("/audiences", {
      name: "France",
      rule: { kind: "filter", filter: { countries: ["FR"] } },
    });
    const id = await makeCampaign("Welcome", { audienceId: audience.id });
    await setLive(id, { kind: "entry" });
    await importCsv(api, "email,country,email_consent\ndan@example.org,FR,yes\nnew@x.org,FR,yes");
    await server.kill();
    await server.start();
    const { items } = await settledRows(id, 2);
    expect(items.map(({ address }) => address)).toEqual(["dan@example.org", "new@x.org"]);
    await api.post(`/campaigns/${id}/end`);
  },
);

test(
  "S0-D1 a redeemed code brings in who used it, by phone too; only the codes that are meant",
  { timeout: 60_000 },
  async () => {
    const id = await makeCampaign("Thanks");
    const refused = { trigger: { kind: "redeemed", code: "A B" } };
    expect(await api.refused("POST", `/campaigns/${id}/live`, refused)).toMatchObject({
      field: "trigger.code",
    });
    await setLive(id, { kind: "redeemed", code: "summer*" });
    const ann = { phone: "+49 1511 2345671" };
    expect(await api.post("/events", redeem("r1", "SUMMER-7", ann))).toMatchObject({
      entered: [id],
    });
    expect(await api.post("/events", redeem("r1", "SUMMER-7", ann))).toMatchObject({
      state: "repeated",
    });
    const bob = { email: "bob@example.org" };
    expect(await api.post("/events", redeem("r2", "WINTER-1", bob))).toMatchObject({ entered: [] });
    const shared = { phone: "+4915112345673" };
    expect(await api.refused("POST", "/events", redeem("r3", "SUMMER-8", shared))).toMatchObject({
      field: "contact",
      detail: expect.stringContaining("Several contacts"),
    });
    const wrong = redeem("r4", "no spaces here", bob);
    expect(await api.refused("POST", "/events", wrong)).toMatchObject({ field: "code" });
    // An event of that name is no redeemed code.
    const named = { id: "r5", name: "code_redeemed", contact: bob };
    expect(await api.post("/events", named)).toMatchObject({ entered: [] });
    expect((await settledRows(id, 1)).items).toMatchObject([{ address: "ann@example.org" }]);
    await api.post(`/campaigns/${id}/end`);
  },
);

test(
  "S0-D1 what a till tells of too late is redeemed and brings nobody in, and the answer says so each time",
  { timeout: 60_000 },
  async () => {
    const pool = await api.post<Made>("/code-pools", { name: "Slips", perCode: null });
    await api.post(`/code-pools/${pool.id}/generate`, { count: 2, pattern: "LATE-############" });
    const { items } = await api.get<{ readonly items: readonly { readonly code: string }[] }>(
      `/code-pools/${pool.id}/codes?limit=1`,
    );
    const id = await makeCampaign("Thanks, late");
    await setLive(id, { kind: "redeemed", code: "late*" });
    const use = (key: string, at?: string) =>
      api.post<object>(`/code-pools/${pool.id}/redemptions`, {
        code: items[0]?.code,
        key,
        contact: { email: "ann@example.org" },
        ...(at === undefined ? {} : { at }),
      });
    const old = new Date(Date.now() - 7 * hourMs).toISOString();
    for (const state of ["redeemed", "repeated"]) {
      expect(await use("slip 1", old)).toMatchObject({ state, entered: [], tooLate: [id] });
    }
    for (const state of ["redeemed", "repeated"]) {
      const now = await use("slip 2");
      expect(now).toMatchObject({ state, entered: [id] });
      expect(now).not.toHaveProperty("tooLate");
    }
    await settledRows(id, 2);
    await api.post(`/campaigns/${id}/end`);
  },
);

function redeem(id: string, code: string, contact: object): object {
  return { id, kind: "redeemed", code, contact };
}

/** As if it had been live for long and the server down since before the time. */
function bringBack(id: string): void {
  const db = new DatabaseSync(join(server.dataDir, "fieldcast.db"));
  const day = Math.floor(then.getTime() / dayMs);
  db.prepare(
    `update watch set since = 0, next_day = ?, cursor = 0, due_at = ?
      where distribution = (select seq from distribution where campaign = ?)`,
  ).run(day, then.getTime(), id);
  db.close();
}

function dueDay(id: string): number {
  const db = new DatabaseSync(join(server.dataDir, "fieldcast.db"), { readOnly: true });
  const row = db
    .prepare(
      "select next_day from watch where distribution = (select seq from distribution where campaign = ?)",
    )
    .get(id);
  db.close();
  return Number(row?.["next_day"]);
}
