// Two people look at a campaign before it goes out, on the real server, by the API.
import { afterAll, beforeAll, expect, test } from "vitest";
import { RestClient } from "../support/delivery/rest-client.ts";
import { phaseIs, startWith, type Made, type Page } from "../support/delivery/started.ts";
import type { RealServer } from "../support/real-server.ts";

interface Asked {
  readonly phase: string;
  readonly approval: {
    readonly state: string;
    readonly contentHash: string;
    readonly reason: string;
  };
}

let server: RealServer;
/** Who writes and asks, and who approves. */
let ana: RestClient;
let ben: RestClient;
let parts: { readonly audienceId: string; readonly accountId: string };

beforeAll(async () => {
  const started = await startWith("email,email_consent\nann@example.org,yes");
  ({ server, api: ana } = started);
  ben = await RestClient.withKey(server, "manager", "Ben");
  const settings = { failurePercent: 0, unconfirmedPercent: 0 };
  const account = { name: "Sandbox", channel: "email", provider: "sandbox", settings };
  const { id: accountId } = await ana.post<Made>("/accounts", account);
  parts = { audienceId: started.audienceId, accountId };
  const sending = { quietHours: null, delayMinutes: 0, approval: true };
  await ana.patch("/workspace", { access: { fieldMaySend: false, sending } });
}, 60_000);

afterAll(() => server.close());

async function draft(name: string): Promise<string> {
  const content = { subject: "Hello", text: "Hello" };
  const { id } = await ana.post<Made>("/campaigns", { name, type: "email", content, ...parts });
  return `/campaigns/${id}`;
}

test(
  "S0-D7 S1-D2 a launch waits for another person, who approves what they saw or rejects it with a reason",
  { timeout: 60_000 },
  async () => {
    const path = await draft("Autumn");
    const asked = await ana.post<Asked>(`${path}/send`);
    expect(asked).toMatchObject({ phase: "pending", approval: { state: "asked", reason: "" } });
    const { contentHash } = asked.approval;
    await expect(ana.post(`${path}/approve`, { contentHash })).rejects.toThrow("own_approval");
    await expect(ben.post(`${path}/approve`, {})).rejects.toThrow("contentHash");

    const no = await ben.post<Asked>(`${path}/reject`, { reason: "The date is wrong" });
    expect(no).toMatchObject({ approval: { state: "rejected", reason: "The date is wrong" } });
    await ana.patch(path, { content: { text: "Hello on Monday" } });
    const again = await ana.post<Asked>(`${path}/send`);
    // What was seen at first is not what would go out.
    await expect(ben.post(`${path}/approve`, { contentHash })).rejects.toThrow(
      "changed_since_review",
    );
    await ben.post(`${path}/approve`, { contentHash: again.approval.contentHash });
    await phaseIs(ana, path, "completed");
    const { items } = await ana.get<Page<{ readonly event: string }>>(`${path}/activity`);
    const events = items.map(({ event }) => event).toReversed();
    expect(events.filter((event) => event.startsWith("campaign."))).toEqual([
      "campaign.create",
      "campaign.ask",
      "campaign.reject",
      "campaign.edit",
      "campaign.ask",
      "campaign.approve",
    ]);
  },
);

test("S0-D7 who may not approve is refused, and a request is taken back as a date is", async () => {
  const path = await draft("Winter");
  const at = "2097-01-01T00:00:00.000Z";
  const asked = await ana.post<Asked>(`${path}/schedule`, { at, zone: "UTC" });
  expect(asked).toMatchObject({ phase: "pending", approval: { state: "asked", at } });
  const field = await RestClient.withKey(server, "field", "Cem");
  const { contentHash } = asked.approval;
  await expect(field.post(`${path}/approve`, { contentHash })).rejects.toThrow("forbidden");
  expect(await ana.post(`${path}/unschedule`)).toMatchObject({ approval: null });
  await expect(ben.post(`${path}/approve`, { contentHash })).rejects.toThrow("not_asked");
  const planned = await ana.post<Asked>(`${path}/schedule`, { at, zone: "UTC" });
  const yes = { contentHash: planned.approval.contentHash };
  expect(await ben.post(`${path}/approve`, yes)).toMatchObject({ phase: "scheduled" });
  expect(await ana.patch(path, { content: { text: "Later" } })).toMatchObject({
    phase: "pending",
    approval: { state: "asked", at },
  });
});

test("S0-D7 who may not send asks for approval, where nobody else has to", async () => {
  await ana.patch("/workspace", { access: { fieldMaySend: false } });
  const finn = await RestClient.withKey(server, "field", "Finn");
  const content = { subject: "Hello", text: "Hello from the field" };
  const made = await finn.post<Made>("/campaigns", {
    name: "Field day",
    type: "email",
    content,
    ...parts,
  });
  const path = `/campaigns/${made.id}`;
  const asked = await finn.post<Asked>(`${path}/send`);
  expect(asked).toMatchObject({ phase: "pending", approval: { state: "asked" } });
  const yes = { contentHash: asked.approval.contentHash };
  await expect(finn.post(`${path}/approve`, yes)).rejects.toThrow("forbidden");
  await expect(finn.post(`${await draft("Not theirs")}/send`)).rejects.toThrow("forbidden");
  await ben.post(`${path}/approve`, yes);
  await phaseIs(ana, path, "completed");
});

test(
  "S0-D7 who changes the audience of what was approved has it approved anew: what was planned waits, what repeats stands still",
  { timeout: 60_000 },
  async () => {
    const sending = { quietHours: null, delayMinutes: 0, approval: true };
    await ana.patch("/workspace", { access: { fieldMaySend: false, sending } });
    const rule = { filter: { country: "PT" } };
    const audience = await ana.post<Made>("/audiences", { name: "Portugal", rule });
    const at = "2097-01-01T09:00:00.000Z";
    const plans = { planned: { at }, daily: { at, repeat: { every: "day" } } };
    const paths = await Promise.all(
      Object.entries(plans).map(async ([name, plan]) => {
        const path = await draft(name);
        await ana.patch(path, { audienceId: audience.id });
        const { approval } = await ana.post<Asked>(`${path}/schedule`, plan);
        await ben.post(`${path}/approve`, { contentHash: approval.contentHash });
        return path;
      }),
    );
    const [planned = "", daily = ""] = paths;
    await ana.patch(`/audiences/${audience.id}`, { name: "Portugal and its islands" });
    expect(await ana.get(planned)).toMatchObject({ phase: "scheduled" });

    await ana.patch(`/audiences/${audience.id}`, { rule: { all: true } });
    expect(await ana.get(planned)).toMatchObject({
      phase: "pending",
      schedule: null,
      approval: { state: "asked", at },
    });
    expect(await ana.get(daily)).toMatchObject({ phase: "paused", approval: { state: "asked" } });
    await expect(ana.post(`${daily}/resume`)).rejects.toThrow("needs_approval");
    for (const path of paths) {
      const { approval } = await ana.get<Asked>(path);
      const yes = { contentHash: approval.contentHash };
      await expect(ana.post(`${path}/approve`, yes)).rejects.toThrow("own_approval");
      await ben.post(`${path}/approve`, yes);
    }
    expect(await ana.get(planned)).toMatchObject({ phase: "scheduled", schedule: { at } });
    expect(await ana.post(`${daily}/resume`)).toMatchObject({ phase: "active" });
  },
);
