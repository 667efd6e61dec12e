// What a campaign and a month may spend, as scripts meet it: set, told before, and kept to.
import { afterAll, beforeAll, expect, test } from "vitest";
import { phaseIs, startWith, type Made, type Started } from "../support/delivery/started.ts";

let started: Started;

beforeAll(async () => {
  const lines = Array.from({ length: 12 }, (_, n) => `+4915110000${100 + n},yes`);
  started = await startWith(["phone,sms_consent", ...lines].join("\n"));
}, 60_000);

afterAll(() => started.server.close());

interface Report {
  readonly vocabularies: { readonly segments: Readonly<Record<string, number>> };
  readonly cost: { readonly amount: number } | null;
}

const euros = (amount: number) => ({ money: { currency: "EUR", amount } });

async function aDraft(budget: object | null, settings: object = {}): Promise<string> {
  const { api, audienceId } = started;
  const rates = [{ prefix: "+49", perUnit: 0.05 }];
  const account = { name: "SMS", channel: "sms", provider: "sandbox", settings };
  const price = { currency: "EUR", perUnit: 1, rates };
  const { id: accountId } = await api.post<Made>("/accounts", { ...account, price });
  const plan = { name: "Plan", type: "sms", content: { text: "x".repeat(200) }, audienceId };
  const { id } = await api.post<Made>("/campaigns", { ...plan, accountId });
  if (budget !== null) await api.patch(`/campaigns/${id}`, { budget });
  return `/campaigns/${id}`;
}

test(
  "S4-22 a campaign's budget is told before, kept to, and raised for who was left out",
  { timeout: 60_000 },
  async () => {
    const { api } = started;
    const path = await aDraft(euros(0.55), {
      failurePercent: 0,
      unconfirmedPercent: 0,
      receiptDelayMs: 0,
    });
    expect(await api.get(path)).toMatchObject({ budget: euros(0.55) });
    // Two segments each at 0.05: five of twelve.
    expect(await api.post(`${path}/preflight`)).toMatchObject({
      recipients: 12,
      cost: { amount: 1.2 },
      budget: { what: "campaign", reaches: 5 },
    });
    await api.post(`${path}/send`);
    await phaseIs(api, path, "completed");
    const report = await api.get<Report>(`${path}/report`);
    expect(report.vocabularies.segments["ignored"]).toBe(14);
    expect(report.cost?.amount).toBe(0.5);

    await api.patch(path, { budget: { units: 1_000 } });
    const picks = [{ state: "skipped", reason: "budget_reached" }];
    await api.post(`${path}/retry`, { picks });
    await phaseIs(api, path, "completed");
    expect((await api.get<Report>(`${path}/report`)).cost?.amount).toBe(1.2);
  },
);

test(
  "S4-D1 the month's budget counts what all campaigns spent, and limits them together",
  { timeout: 60_000 },
  async () => {
    const { api } = started;
    const month = { zone: "Asia/Tokyo", ...euros(0.2), units: { email: null, sms: 100 } };
    expect(await api.patch("/budget", month)).toMatchObject({ budget: month, spent: [] });
    const path = await aDraft(null, {
      actsOnContacts: true,
      failurePercent: 0,
      unconfirmedPercent: 0,
      receiptDelayMs: 0,
    });
    expect(await api.post(`${path}/preflight`)).toMatchObject({
      budget: { what: "money", reaches: 2 },
    });
    await api.post(`${path}/send`);
    await phaseIs(api, path, "completed");
    const spent = { channel: "sms", currency: "EUR", units: 4, amount: 0.2 };
    expect(await api.get("/budget")).toMatchObject({ spent: [spent] });
  },
);

test("what means nothing is refused with its field", async () => {
  const { api } = started;
  const path = await aDraft(null);
  const wrong = { money: { currency: "USD", amount: 5 } };
  const refused = api.patch(path, { budget: wrong });
  await expect(refused).rejects.toThrow("the account's price is in EUR");
  expect(await api.get(path)).toMatchObject({ budget: null });
  await expect(api.patch(path, { budget: { units: 1.5 } })).rejects.toThrow("budget");
  const month = { zone: "Mars/Olympus", money: null, units: { email: null, sms: null } };
  await expect(api.patch("/budget", month)).rejects.toThrow("zone");
});
