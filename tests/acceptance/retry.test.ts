// What fails is sent again, by itself and by a person, on the real server through a simulated
// carrier that fails two of five messages for a reason that may pass.
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCli } from "../support/command-line.ts";
import { RestClient, waitFor } from "../support/delivery/rest-client.ts";
import { RealServer } from "../support/real-server.ts";

interface Made {
  readonly id: string;
}

type Counts = Readonly<Record<string, number>>;

interface Report {
  readonly counters: Counts;
  readonly marks: Counts;
  readonly vocabularies: {
    readonly dashboard: Counts;
    readonly flow: Counts;
    readonly broadcast: Counts;
  };
  readonly series: readonly { readonly entered: Counts; readonly marked: Counts }[];
}

interface Row {
  readonly n: number;
  readonly address: string;
  readonly state: string;
  readonly reason: string;
  readonly attempts: number;
}

interface Kind {
  readonly state: string;
  readonly reason: string;
  readonly chance: string;
  readonly n: number;
}

interface Preview {
  readonly isPossible: boolean;
  readonly n: number;
  readonly asked: number;
  readonly segments: number;
  readonly leftOut: readonly { readonly reason: string; readonly n: number }[];
  readonly kinds: readonly Kind[];
}

interface Person {
  readonly id: string;
  readonly email: string;
}

const people = 200;
let server: RealServer;
let api: RestClient;
let campaign = "";

beforeAll(async () => {
  server = await RealServer.open();
  api = await RestClient.setUp(server);
  const rows = Array.from({ length: people }, (_, n) => `p${n}@example.org,P${n},yes`);
  const csv = ["email,first_name,email_consent", ...rows].join("\n");
  const started = await api.post<Made>("/contacts/import", csv, "text/csv");
  await waitFor(
    () => api.get<{ readonly state: string }>(`/imports/${started.id}`),
    ({ state }) => state === "done",
  );
  const audience = await api.post<Made>("/audiences", { name: "All", rule: { kind: "all" } });
  const account = await api.post<Made>("/accounts", {
    name: "Sandbox",
    channel: "email",
    provider: "sandbox",
    settings: {
      latencyMs: 0,
      failurePercent: 40,
      failures: { expired: 1 },
      unconfirmedPercent: 0,
      receiptDelayMs: 100,
    },
  });
  const made = await api.post<Made>("/campaigns", {
    name: "Winter",
    type: "email",
    audienceId: audience.id,
    accountId: account.id,
    content: { subject: "Hello", text: "Hello {{ first_name }}" },
  });
  campaign = `/campaigns/${made.id}`;
  await api.post(`${campaign}/send`);
}, 60_000);

afterAll(() => server.close());

function completed(): Promise<{ readonly phase: string }> {
  return waitFor(
    () => api.get<{ readonly phase: string }>(campaign),
    ({ phase }) => phase === "completed",
    60_000,
  );
}

async function allRows(): Promise<readonly Row[]> {
  return (await api.get<{ readonly items: readonly Row[] }>(`${campaign}/messages?limit=1000`))
    .items;
}

function sumOf(counts: readonly (number | undefined)[]): number {
  return counts.reduce<number>((sum, n) => sum + (n ?? 0), 0);
}

test(
  "S0-08 S0-11 S0-12 S0-13 I-5 failures are charted, sent again by themselves, and recovered once they arrived",
  { timeout: 90_000 },
  async () => {
    await completed();
    const report = await api.get<Report>(`${campaign}/report`);
    const rows = await allRows();
    const recovered = rows.filter(({ state, attempts }) => state === "delivered" && attempts > 1);
    expect(recovered.length).toBeGreaterThan(10);
    expect(report.vocabularies.dashboard["recovered"]).toBe(recovered.length);
    expect(sumOf(report.series.map(({ marked }) => marked["recovered"]))).toBe(recovered.length);
    expect(report.marks["resent"]).toBe(rows.filter(({ attempts }) => attempts > 1).length);
    // Each failure is charted, the first ones of who recovered, too.
    const failures = sumOf(report.series.map(({ entered }) => entered["undelivered"]));
    expect(failures).toBeGreaterThan(rows.filter(({ state }) => state === "undelivered").length);
    expect(sumOf(report.series.map(({ entered }) => entered["submitted"]))).toBeGreaterThanOrEqual(
      people,
    );
    expect(Math.max(...rows.map(({ attempts }) => attempts))).toBe(3);
  },
);

test(
  "S1-06 S1-07 S1-08 S1-10 the flow's words are counted from the rows, and add up",
  { timeout: 90_000 },
  async () => {
    await completed();
    const { vocabularies } = await api.get<Report>(`${campaign}/report`);
    const rows = await allRows();
    const delivered = rows.filter(({ state }) => state === "delivered").length;
    const undelivered = rows.filter(({ state }) => state === "undelivered").length;
    expect(vocabularies.flow).toEqual({
      total: people,
      waiting: 0,
      submitted: people,
      success: delivered,
      notConfirmed: 0,
      failed: undelivered,
      notSubmitted: 0,
    });
    expect(vocabularies.broadcast).toEqual({
      total: people,
      sent: delivered,
      failed: undelivered,
      remaining: 0,
    });
  },
);

test(
  "S3-33 who failed is counted before, can be sent a new campaign, and sent to again in the same one",
  { timeout: 90_000 },
  async () => {
    await completed();
    const failed = (await allRows()).filter(({ state }) => state === "undelivered");
    expect(failed.length).toBeGreaterThan(0);
    const kind = { state: "undelivered", reason: "expired" };
    const preview = await api.get<Preview>(`${campaign}/retry`);
    const all = { asked: failed.length, n: failed.length, segments: failed.length, leftOut: [] };
    expect(preview).toMatchObject({ isPossible: true, ...all });
    expect(preview.kinds).toEqual([expect.objectContaining({ ...kind, chance: "again" })]);

    const rule = { kind: "recipients", campaignId: campaign.split("/").at(-1), picks: [kind] };
    const missed = await api.post<Made>("/audiences", { name: "Missed by Winter", rule });
    expect(await api.get(`/audiences/${missed.id}/count`)).toMatchObject({ count: failed.length });

    await expect(
      api.post(`${campaign}/retry`, { picks: [{ state: "failed", reason: "opted_out" }] }),
    ).rejects.toThrow("422");
    const { items } = await api.get<{ readonly items: readonly Person[] }>("/contacts?limit=500");
    const [left, banned, ...rest] = failed.map(({ address }) => address);
    const leaver = items.find(({ email }) => email === left);
    const withdrawn = { channel: "email", granted: false, source: "by phone" };
    await api.post(`/contacts/${leaver?.id}/consents`, withdrawn);
    await api.post("/suppressions", { addresses: [banned] });
    const told = await api.get<Preview>(`${campaign}/retry`);
    expect(told).toMatchObject({ asked: failed.length, n: rest.length, segments: rest.length });
    const why = ["no_consent", "suppressed"].map((reason) => ({ reason, n: 1 }));
    expect(told.leftOut.toSorted((a, b) => a.reason.localeCompare(b.reason))).toMatchObject(why);
    const picked = `${campaign}/retry?picks=undelivered.expired`;
    expect(await api.get(picked)).toEqual(told);
    const never = `${campaign}/retry?picks=failed.opted_out`;
    await expect(api.get(never)).rejects.toThrow("never sent again");

    await api.post(`${campaign}/retry-failed`);
    await completed();
    const after = await allRows();
    const again = after.filter(({ attempts }) => attempts > 3);
    expect(again.map(({ address }) => address)).toEqual(rest);
    expect(again).toHaveLength(told.n);
    await triesAreTold(after.find(({ address }) => address === rest[0])?.n ?? 0);
    const report = await api.get<Report>(`${campaign}/report`);
    expect(report.marks["resent"]).toBe(after.filter(({ attempts }) => attempts > 1).length);
    expect(await api.get(campaign)).toMatchObject({ phase: "completed" });
    const doctor = await runCli(server.dataDir, "doctor");
    expect(doctor).toMatchObject({ status: 0, stdout: expect.stringContaining("ok") });
  },
);

interface History {
  readonly state: string;
  readonly sends: readonly {
    readonly generation: number;
    readonly key: string;
    readonly heard: readonly object[];
  }[];
}

/** Somebody whom three sends by itself did not reach, and a person sent to once more. */
async function triesAreTold(n: number): Promise<void> {
  const history = await api.get<History>(`${campaign}/messages/${n}`);
  expect(history.sends.map(({ generation }) => generation)).toEqual([1, 2, 3, 4]);
  expect(new Set(history.sends.map(({ key }) => key)).size).toBe(4);
  for (const { heard } of history.sends.slice(0, 3)) {
    expect(heard).toEqual([
      expect.objectContaining({ try: 1, state: "undelivered", reason: "expired" }),
    ]);
  }
  expect(history).toMatchObject({
    marks: expect.arrayContaining([{ mark: "resent", at: expect.any(String) }]),
  });
  await expect(api.get(`${campaign}/messages/${people + 1}`)).rejects.toThrow("404");
}
