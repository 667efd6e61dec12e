// What counts by channel says by which channel each message really went, with sums that stay the campaign's own.
import { afterAll, beforeAll, expect, test } from "vitest";
import { waitFor } from "../support/delivery/rest-client.ts";
import {
  phaseIs,
  reportOf,
  startWith,
  type Made,
  type Started,
} from "../support/delivery/started.ts";

let started: Started;

/** Two without an address, and three with nothing else. */
const people = [
  "email,phone,first_name,email_consent,sms_consent",
  ",+4915110000301,Ada,yes,yes",
  ",+4915110000302,Ben,yes,yes",
  "cleo@example.org,,Cleo,yes,yes",
  "dan@example.org,,Dan,yes,yes",
  "eve@example.org,,Eve,yes,yes",
];

beforeAll(async () => {
  started = await startWith(people.join("\n"));
}, 60_000);

afterAll(() => started.server.close());

interface Counts {
  readonly items: readonly object[];
}

interface Usage {
  readonly customersReached: number;
  readonly messages: { readonly total: number };
  readonly months: readonly object[];
}

interface Analytics {
  readonly breakdowns: Readonly<Record<string, readonly object[]>>;
}

test(
  "S0-08 S2-09 S4-01 S4-D1 I-6 who got a text message instead counts under SMS, and the parts add up to the campaign",
  { timeout: 90_000 },
  async () => {
    const { api, audienceId } = started;
    const settings = { failurePercent: 0, unconfirmedPercent: 0, receiptDelayMs: 100 };
    const sandbox = { provider: "sandbox", settings };
    const mails = await api.post<Made>("/accounts", {
      ...sandbox,
      name: "Mails",
      channel: "email",
    });
    const texts = await api.post<Made>("/accounts", { ...sandbox, name: "Texts", channel: "sms" });
    const { id } = await api.post<Made>("/campaigns", {
      name: "By any way",
      type: "email",
      audienceId,
      accountId: mails.id,
      content: { subject: "Hello", text: "Hello {{ first_name }}" },
      fallback: { accountId: texts.id, text: "x".repeat(200) },
    });
    await api.post(`/campaigns/${id}/send`);
    await phaseIs(api, `/campaigns/${id}`, "completed");
    const report = await waitFor(
      () => reportOf(api, `/campaigns/${id}`),
      ({ counters }) => counters["delivered"] === 5,
    );
    expect((await api.get<Counts>("/reports/channels")).items).toEqual([
      { channel: "email", sent: 3, delivered: 3, failed: 0, recovered: 0 },
      { channel: "sms", sent: 2, delivered: 2, failed: 0, recovered: 0 },
    ]);
    const usageOf = (type: string): Promise<Usage> => api.get<Usage>(`/usage?type=${type}`);
    const [email, sms, all] = [
      await usageOf("email"),
      await usageOf("sms"),
      await api.get<Usage>("/usage"),
    ];
    expect(sms).toMatchObject({
      messages: { total: 2, confirmed: 2 },
      segments: { total: 4, confirmed: 4 },
      months: [{ type: "sms", messages: 2, segments: 4 }],
    });
    expect(email).toMatchObject({
      messages: { total: 3 },
      months: [{ type: "email", messages: 3 }],
    });
    // S4-D1: whoever was reached counts under the channel that reached them.
    expect([email, sms, all].map((usage) => usage.customersReached)).toEqual([3, 2, 5]);
    expect((await usageOf("mms")).customersReached).toBe(0);
    expect(email.messages.total + sms.messages.total).toBe(all.messages.total);
    expect(all.messages.total).toBe(report.counters["total"]);
    const { breakdowns } = await api.get<Analytics>("/analytics");
    expect(breakdowns["channel"]).toMatchObject([
      { key: "email", counts: { submitted: 3, delivered: 3 } },
      { key: "sms", counts: { submitted: 2, delivered: 2 } },
    ]);
    expect(breakdowns["account"]).toMatchObject([
      { key: mails.id, counts: { submitted: 3 } },
      { key: texts.id, counts: { submitted: 2 } },
    ]);
  },
);

interface Stopped {
  readonly items: readonly { readonly address: string; readonly type: string }[];
}

function addresses(items: Stopped["items"] = []): readonly string[] {
  return items.map(({ address }) => address);
}

interface Subscriptions {
  readonly items: readonly {
    readonly name: string;
    readonly messages: number;
    readonly costs: readonly object[];
  }[];
}

test(
  "S4-23 S4-24 S4-25 what did not arrive, and what was spent, stands with the channel and the account that it went by",
  { timeout: 90_000 },
  async () => {
    const { api, audienceId } = started;
    const calm = { failurePercent: 100, unconfirmedPercent: 0, receiptDelayMs: 100 };
    const account = (name: string, channel: string, reason: string, price?: object) =>
      api.post<Made>("/accounts", {
        name,
        channel,
        provider: "sandbox",
        settings: { ...calm, failures: { [reason]: 1 } },
        guards: { breaker: "provider", failurePercent: null },
        ...(price === undefined ? {} : { price }),
      });
    const mails = await account("Blocked mails", "email", "spam_filtered");
    const price = { currency: "EUR", perUnit: 0.1 };
    const texts = await account("Blocked texts", "sms", "carrier_rejected", price);
    const { id } = await api.post<Made>("/campaigns", {
      name: "By no way",
      type: "email",
      audienceId,
      accountId: mails.id,
      content: { subject: "Hello", text: "Hello {{ first_name }}" },
      fallback: { accountId: texts.id, text: "Hi" },
    });
    await api.post(`/campaigns/${id}/send`);
    await phaseIs(api, `/campaigns/${id}`, "completed");
    const listed = async (query: string) =>
      (await api.get<Stopped>(`/usage/messages?kind=blocked${query}`)).items;
    const all = await waitFor(
      () => listed(""),
      ({ length }) => length === 5,
    );
    const byType = Map.groupBy(all, ({ type }) => type);
    expect(addresses(byType.get("sms"))).toEqual(["+4915110000301", "+4915110000302"]);
    expect(addresses(byType.get("email"))).toHaveLength(3);
    for (const type of ["sms", "email"]) {
      expect(await listed(`&type=${type}`)).toEqual(byType.get(type));
    }
    // Mails have no carriers: whose is not known are the phones.
    expect(await listed("&carrier=unknown")).toEqual(byType.get("sms"));

    const { items } = await api.get<Subscriptions>("/usage/subscriptions");
    const used = new Map(items.map(({ name, messages, costs }) => [name, { messages, costs }]));
    expect(used.get("Blocked mails")?.costs).toEqual([]);
    expect(used.get("Blocked texts")?.messages).toBe(2);
  },
);
