// Planned times on the real server: what happens to those that pass while it is down.
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hourMs, minuteMs, secondMs } from "#domain/core/time.ts";
import { RestClient, waitFor } from "../support/delivery/rest-client.ts";
import { makeParts, type CampaignParts, type Made } from "../support/delivery/rest-parts.ts";
import { RealServer } from "../support/real-server.ts";

interface Campaign {
  readonly phase: string;
  readonly startedAt: string | null;
  readonly schedule: { readonly at: string } | null;
  readonly held: { readonly plannedFor: string; readonly zone: string } | null;
}

/** What a pre-flight tells of times. */
interface Told {
  readonly startsAt: string;
  readonly waits: {
    readonly n: number;
    readonly spread: readonly { readonly from: string }[];
  } | null;
  readonly looked: number;
}

let server: RealServer;
let api: RestClient;
let parts: CampaignParts;

beforeAll(async () => {
  server = await RealServer.open();
  api = await RestClient.setUp(server);
  parts = await makeParts(api);
}, 60_000);

afterAll(() => server.close());

test(
  "S3-04 S3-D1 a start that was missed by up to six hours happens when the server is back; a later one waits for a person",
  { timeout: 60_000 },
  async () => {
    const little = await planned("A little late");
    const far = await planned("Far too late");
    await server.kill();
    const passed = Date.now() - 7 * hourMs;
    putPlanAt(little, Date.now() - 5 * hourMs);
    putPlanAt(far, passed);
    await server.start();

    const sent = await waitFor(
      () => api.get<Campaign>(`/campaigns/${little}`),
      ({ phase }) => phase === "completed",
    );
    expect(sent.held).toBeNull();
    const held = await waitFor(
      () => api.get<Campaign>(`/campaigns/${far}`),
      ({ phase }) => phase !== "scheduled",
    );
    expect(held).toMatchObject({
      phase: "pending",
      schedule: null,
      held: { plannedFor: new Date(passed).toISOString(), zone: "Europe/Lisbon" },
    });
    expect(await api.post<Campaign>(`/campaigns/${far}/send`)).toMatchObject({ held: null });
  },
);

test(
  "S3-D1 a time that has passed is refused; a planned one begins by itself within half a minute of its time, and never before",
  { timeout: 90_000 },
  async () => {
    const id = await draft("On time");
    const zone = "Europe/Lisbon";
    const passed = new Date(Date.now() - minuteMs).toISOString();
    await expect(api.post(`/campaigns/${id}/schedule`, { at: passed, zone })).rejects.toThrow(
      "schedule_in_past",
    );
    expect(await api.get<Campaign>(`/campaigns/${id}`)).toMatchObject({ phase: "pending" });

    const at = Date.now() + 10 * secondMs;
    await api.post(`/campaigns/${id}/schedule`, { at: new Date(at).toISOString(), zone });
    const { startedAt } = await waitFor(
      () => api.get<Campaign>(`/campaigns/${id}`),
      ({ phase }) => phase === "completed",
      60_000,
    );
    const lateMs = Date.parse(startedAt ?? "") - at;
    expect(lateMs).toBeGreaterThanOrEqual(0);
    expect(lateMs).toBeLessThan(30 * secondMs);
  },
);

test(
  "S0-D2 where the workspace asks for it, what is sent by hand can be taken back, or goes at once",
  { timeout: 60_000 },
  async () => {
    const sending = { quietHours: null, delayMinutes: 10 };
    await api.patch("/workspace", { access: { fieldMaySend: false, sending } });
    const id = await draft("Sent by hand");
    const sent = await api.post<Campaign>(`/campaigns/${id}/send`);
    expect(sent).toMatchObject({ phase: "scheduled", schedule: { delay: true } });
    const waitMs = Date.parse(sent.schedule?.at ?? "") - Date.now();
    expect(waitMs).toBeGreaterThan(9 * minuteMs);
    expect(waitMs).toBeLessThanOrEqual(10 * minuteMs);
    expect(await api.post<Campaign>(`/campaigns/${id}/unschedule`)).toMatchObject({
      phase: "pending",
      schedule: null,
    });
    await api.post(`/campaigns/${id}/send`);
    expect(await api.post<Campaign>(`/campaigns/${id}/send`, { atOnce: true })).toMatchObject({
      phase: "preparing",
    });
    await waitFor(
      () => api.get<Campaign>(`/campaigns/${id}`),
      ({ phase }) => phase === "completed",
    );
  },
);

test(
  "S3-D1 what a planned time means is told before it is planned, and then happens so: quiet hours, recipients' own clocks, the end",
  { timeout: 60_000 },
  async () => {
    const quietHours = { from: "21:00", to: "08:00", countries: {}, zone: "Europe/Lisbon" };
    await api.patch("/workspace", {
      access: { fieldMaySend: false, sending: { quietHours, delayMinutes: 0 } },
    });
    const id = await draft("Late in the evening");
    const evening = { at: "2097-01-01T23:00", zone: "Europe/Lisbon" };
    const told = (schedule: object) => api.post<Told>(`/campaigns/${id}/preflight`, { schedule });
    const late = await told(evening);
    expect(late).toMatchObject({ startsAt: "2097-01-01T23:00:00.000Z", waits: { n: 2 } });
    expect(late.waits?.spread[0]?.from.slice(0, 13)).toBe("2097-01-02T08");
    expect(await told({ ...evening, at: "2097-01-01T10:00" })).toMatchObject({ waits: null });
    const local = await told({ ...evening, at: "2097-01-01T10:00", local: true });
    // Where the first clocks of the world show it: 14 hours before those of Lisbon do.
    expect(local.startsAt).toBe("2096-12-31T20:00:00.000Z");
    // Whose own clocks show it in their quiet hours waits for the end of these.
    const night = await told({ ...evening, local: true });
    expect(night.waits?.spread).toMatchObject([{ n: 2 }]);
    expect(night.waits?.spread[0]?.from.slice(0, 13)).toBe("2097-01-02T08");
    const daily = { at: "2020-01-01T23:00", zone: "Europe/Lisbon", repeat: { every: "day" } };
    expect(Date.parse((await told(daily)).startsAt)).toBeGreaterThan(Date.now() - minuteMs);

    const refused = (schedule: object) =>
      api.refused("POST", `/campaigns/${id}/preflight`, { schedule });
    expect(await refused({ ...evening, zone: "Mars/Olympus" })).toMatchObject({
      field: "schedule.zone",
    });
    expect(await refused({ ...evening, at: "2020-01-01T23:00" })).toMatchObject({
      type: expect.stringContaining("schedule_in_past"),
      field: "schedule.at",
    });
    // Nothing was planned by asking.
    expect(await api.get<Campaign>(`/campaigns/${id}`)).toMatchObject({
      phase: "pending",
      schedule: null,
    });
    await api.post(`/campaigns/${id}/schedule`, evening);
    const { looked: _, ...asPlanned } = await api.post<Told>(`/campaigns/${id}/preflight`);
    expect(late).toMatchObject(asPlanned);
  },
);

async function planned(name: string): Promise<string> {
  const id = await draft(name);
  const at = new Date(Date.now() + hourMs).toISOString();
  await api.post(`/campaigns/${id}/schedule`, { at, zone: "Europe/Lisbon" });
  return id;
}

async function draft(name: string): Promise<string> {
  const campaign = await api.post<Made>("/campaigns", {
    name,
    type: "email",
    content: { subject: "Hi", text: "Hello {{ first_name }}" },
    ...parts,
  });
  return campaign.id;
}

/** The time that passes while the server is down: its plans lie this far back when it starts. */
function putPlanAt(id: string, at: number): void {
  const db = new DatabaseSync(join(server.dataDir, "fieldcast.db"));
  db.prepare(
    "update document set due_at = ?, doc = json_set(doc, '$.schedule.at', ?) where kind = 'campaign' and id = ?",
  ).run(at, at, id);
  db.close();
}
