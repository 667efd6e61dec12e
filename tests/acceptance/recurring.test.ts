// A campaign that repeats, on the real server over REST: live, its runs, their reports, its end.
import { afterAll, beforeAll, expect, test } from "vitest";
import { dayMs, hourMs } from "#domain/core/time.ts";
import { putNextAt } from "../support/delivery/next-run.ts";
import { RestClient, waitFor } from "../support/delivery/rest-client.ts";
import { makeParts, type CampaignParts, type Made } from "../support/delivery/rest-parts.ts";
import { RealServer } from "../support/real-server.ts";

interface Campaign {
  readonly id: string;
  readonly name: string;
  readonly phase: string;
  readonly firings: number;
  readonly firing: { readonly of: string; readonly n: number; readonly at: string } | null;
  readonly schedule: { readonly at: string; readonly repeat?: object } | null;
}

interface Page {
  readonly items: readonly Campaign[];
}

interface Report {
  readonly counters: { readonly total: number };
  readonly vocabularies: { readonly headline: { readonly total: number; readonly sent: number } };
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
  "S0-D1 S0-38 S0-44 S0-48 a recurring campaign is set live, makes a run at each time, is paused, goes live again and ends",
  { timeout: 120_000 },
  async () => {
    const { id } = await api.post<Made>("/campaigns", {
      name: "Good morning",
      type: "email",
      content: { subject: "Hi", text: "Hello {{ first_name }}" },
      ...parts,
    });
    const at = `${new Date(Date.now() - dayMs).toISOString().slice(0, 10)}T09:00`;
    const repeat = { every: "day" };
    const live = await api.post<Campaign>(`/campaigns/${id}/schedule`, {
      at,
      zone: "Europe/Lisbon",
      repeat,
    });
    expect(live).toMatchObject({ phase: "active", firings: 0, schedule: { repeat } });
    expect(Date.parse(live.schedule?.at ?? "")).toBeGreaterThan(Date.now());

    // Four of its times pass while the server is down: one run, of the last.
    await server.kill();
    putNextAt(server, id, 3 * dayMs + hourMs);
    await server.start();
    const runs = await waitFor(
      () => api.get<Page>(`/campaigns/${id}/runs`),
      ({ items }) => items[0]?.phase === "completed",
    );
    expect(runs.items).toHaveLength(1);
    const [run] = runs.items;
    expect(run).toMatchObject({ name: "Good morning (run 1)", firing: { of: id, n: 1 } });
    expect(Date.now() - Date.parse(run?.firing?.at ?? "")).toBeLessThan(2 * hourMs);

    const report = await api.get<Report>(`/campaigns/${run?.id}/report`);
    expect(report.vocabularies.headline).toMatchObject({ total: 2, sent: 2 });
    expect((await api.get<Report>(`/campaigns/${id}/report`)).counters.total).toBe(2);
    const listed = await api.get<Page>("/campaigns");
    expect(listed.items.map((each) => each.id)).toEqual([id]);

    expect(await api.post<Campaign>(`/campaigns/${id}/pause`)).toMatchObject({ phase: "paused" });
    const resumed = await api.post<Campaign>(`/campaigns/${id}/resume`);
    expect(resumed).toMatchObject({ phase: "active", firings: 1 });
    expect(Date.parse(resumed.schedule?.at ?? "")).toBeGreaterThan(Date.now());
    await api.post(`/campaigns/${id}/end`);
    await waitFor(
      () => api.get<Campaign>(`/campaigns/${id}`),
      ({ phase }) => phase === "completed",
    );
  },
);

test("S0-D1 what means nothing as a repetition is named", { timeout: 60_000 }, async () => {
  const { id } = await api.post<Made>("/campaigns", {
    name: "Wrong",
    type: "email",
    content: { subject: "Hi", text: "Hello" },
    ...parts,
  });
  const at = new Date(Date.now() + hourMs).toISOString().slice(0, 16);
  const ask = (repeat: object, zone = "UTC") =>
    api.refused("POST", `/campaigns/${id}/schedule`, { at, zone, repeat });
  expect(await ask({ every: "week", weekdays: [9] })).toMatchObject({
    field: "repeat.weekdays",
  });
  expect(await ask({ every: "day", until: "2020-01-01" })).toMatchObject({
    type: expect.stringContaining("schedule_in_past"),
  });
  expect(await ask({ every: "day" }, "Mars/Olympus")).toMatchObject({ field: "zone" });
});
