// What a campaign costs is told before it, while it runs and before anybody is sent to again.
import { afterAll, beforeAll, expect, test } from "vitest";
import { waitFor } from "../support/delivery/rest-client.ts";
import { phaseIs, send, startWith, type Made, type Started } from "../support/delivery/started.ts";

interface Costs {
  readonly cost: { readonly currency: string; readonly amount: number; readonly units: number };
}

let started: Started;

beforeAll(async () => {
  const lines = Array.from({ length: 12 }, (_, n) => `+4915110000${100 + n},yes`);
  started = await startWith(["phone,sms_consent", ...lines].join("\n"));
}, 60_000);

afterAll(() => started.server.close());

async function anAccount(over: object): Promise<string> {
  const account = { name: "SMS", channel: "sms", provider: "sandbox", ...over };
  return (await started.api.post<Made>("/accounts", account)).id;
}

test(
  "S3-33 the pre-flight, the report and sending again tell the cost at the account's price",
  { timeout: 60_000 },
  async () => {
    const { api, audienceId } = started;
    const price = { currency: "EUR", perUnit: 0.075 };
    const accountId = await anAccount({ price, settings: { failurePercent: 0 } });
    const text = "x".repeat(200);
    const draft = { name: "Plan", type: "sms", content: { text }, audienceId, accountId };
    const { id } = await api.post<Made>("/campaigns", draft);
    const cost = { currency: "EUR", amount: 1.8, units: 24 };
    expect(await api.post(`/campaigns/${id}/preflight`)).toMatchObject({ segments: 24, cost });

    const path = await send(api, { name: "Sent", type: "sms", audienceId, accountId, text });
    await phaseIs(api, path, "settling", "completed");
    const told = await waitFor(
      () => api.get<Costs>(`${path}/report`),
      (report) => report.cost.units === 24,
    );
    expect(told.cost).toEqual(cost);
    expect(await api.get(`${path}/retry`)).toMatchObject({ cost: { currency: "EUR" } });

    // What was launched keeps its price.
    await api.patch(`/accounts/${accountId}`, { price: { currency: "EUR", perUnit: 1 } });
    expect((await api.get<Costs>(`${path}/report`)).cost).toEqual(cost);
    expect(await api.patch(`/accounts/${accountId}`, { price: null })).toMatchObject({
      price: null,
    });
  },
);

test("where no price is set only segments are told, and what is no price is refused with its field", async () => {
  const { api, audienceId } = started;
  const accountId = await anAccount({});
  const draft = { name: "Plan", type: "sms", content: { text: "Hi" }, audienceId, accountId };
  const { id } = await api.post<Made>("/campaigns", draft);
  expect(await api.post(`/campaigns/${id}/preflight`)).toMatchObject({ segments: 12, cost: null });
  await expect(anAccount({ price: { currency: "euro", perUnit: 1 } })).rejects.toThrow(
    "price.currency",
  );
  await expect(anAccount({ price: { currency: "EUR", perUnit: -1 } })).rejects.toThrow(
    "price.perUnit",
  );
});
