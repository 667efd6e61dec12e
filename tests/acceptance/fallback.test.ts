// Whoever a campaign does not reach by its own channel gets a text message instead, once.
import { Workbook } from "@cj-tech-master/excelts";
import { parse } from "papaparse";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { waitFor } from "../support/delivery/rest-client.ts";
import {
  audienceOf,
  phaseIs,
  reportOf,
  rowsOf,
  startWith,
  type Made,
  type Started,
} from "../support/delivery/started.ts";

let started: Started;
let mails: string;
let texts: string;

const people = [
  "email,phone,first_name,email_consent,sms_consent",
  "ada@example.org,+4915110000101,Ada,yes,yes",
  ",+4915110000102,Ben,yes,yes",
  "cleo@example.org,,Cleo,yes,yes",
  "dan@example.org,+4915110000104,Dan,yes,no",
  ",+4915110000105,Eve,yes,no",
];

beforeAll(async () => {
  started = await startWith(people.join("\n"));
  const { api } = started;
  const failing = { failurePercent: 100, failures: { not_capable: 1 }, receiptDelayMs: 100 };
  const account = { name: "Mails", channel: "email", provider: "sandbox", settings: failing };
  mails = (await api.post<Made>("/accounts", account)).id;
  const settings = { failurePercent: 0, unconfirmedPercent: 0, receiptDelayMs: 100 };
  const price = { currency: "EUR", perUnit: 0.1 };
  const sms = { name: "Texts", channel: "sms", provider: "sandbox", settings, price };
  texts = (await api.post<Made>("/accounts", sms)).id;
}, 60_000);

afterAll(() => started.server.close());

interface WithFallback {
  readonly fallback: { readonly accountId: string | null; readonly text: string } | null;
}

function draft(over: object = {}) {
  return {
    name: "By any way",
    type: "email",
    audienceId: started.audienceId,
    accountId: mails,
    content: { subject: "Hello", text: "Hello {{ first_name }}" },
    fallback: { accountId: texts, text: "Hi {{ first_name }}, call us." },
    ...over,
  };
}

describe("a text message instead", () => {
  test(
    "1.3 not_capable goes on by the fallback channel, as one message of one recipient",
    { timeout: 90_000 },
    async () => {
      const { api } = started;
      const { id } = await api.post<Made>("/campaigns", draft());
      const path = `/campaigns/${id}`;
      await api.post(`${path}/send`);
      await phaseIs(api, path, "completed");
      const told = await waitFor(
        () => reportOf(api, path),
        ({ counters }) => counters["delivered"] === 2,
      );
      // Five people, five messages: nobody counts twice.
      const { total, ...states } = told.counters;
      expect(total).toBe(5);
      expect(Object.values(states).reduce((sum, n) => sum + n, 0)).toBe(5);
      expect(told.vocabularies.headline).toMatchObject({ total: 5, sent: 2 });
      expect(told.marks).toMatchObject({ recovered: 1 });
      expect(told).toMatchObject({
        fallback: { channel: "sms", total: 2, counters: { delivered: 2 } },
        cost: { currency: "EUR", amount: 0.2 },
      });
      const channels = ["sms", "sms", "email", "email", "email"];
      const csv = parse<Record<string, string>>(await api.text(`${path}/export.csv`), {
        header: true,
        skipEmptyLines: true,
      });
      expect(csv.data.map((row) => row["channel"])).toEqual(channels);
      const book = new Workbook();
      await book.xlsx.load(await api.bytes(`${path}/export.xlsx`));
      const sheet = book.getWorksheet("Recipients");
      const at = (csv.meta.fields ?? []).indexOf("channel") + 1;
      expect([1, 2, 3, 4, 5, 6].map((row) => sheet?.getCell(row, at).value)).toEqual([
        "channel",
        ...channels,
      ]);
      const rows = await rowsOf(api, path);
      expect(
        rows.map(({ address, state, reason, channel }) => [address, state, reason, channel]),
      ).toEqual([
        ["+4915110000101", "delivered", "none", "sms"],
        ["+4915110000102", "delivered", "none", "sms"],
        ["cleo@example.org", expect.stringMatching(/failed|undelivered/), "not_capable", "email"],
        ["dan@example.org", expect.stringMatching(/failed|undelivered/), "not_capable", "email"],
        ["", "skipped", "no_address", "email"],
      ]);
      // The log knows each by the channel that it went by, page by page and as a file.
      for (const channel of ["sms", "email"]) {
        const query = `channel=${channel}&campaign=${id}`;
        const { items } = await api.get<{ items: readonly object[] }>(`/messages?${query}`);
        const wanted = channels.filter((each) => each === channel);
        expect(items).toMatchObject(wanted.map(() => ({ channel })));
        const first = await api.get<{ items: readonly object[] }>(`/messages?${query}&limit=1`);
        expect(first.items).toHaveLength(1);
        const file = await api.text(`/messages.csv?${query}`);
        expect(file.trim().split("\r\n")).toHaveLength(wanted.length + 1);
      }
    },
  );

  test("it is made, changed, taken away and copied over REST", async () => {
    const { api } = started;
    const { id, fallback } = await api.post<Made & WithFallback>("/campaigns", draft());
    expect(fallback).toEqual({ accountId: texts, text: "Hi {{ first_name }}, call us." });
    const path = `/campaigns/${id}`;
    const text = "Ring us";
    expect(await api.patch(path, { fallback: { text } })).toMatchObject({
      fallback: { accountId: texts, text },
    });
    expect(await api.post(`${path}/duplicate`, {})).toMatchObject({
      fallback: { accountId: texts, text },
    });
    expect(await api.patch(path, { fallback: null })).toMatchObject({ fallback: null });
  });

  test("S1-D6 its text changes while the campaign is paused, its account does not", async () => {
    const { api } = started;
    const settings = { latencyMs: 3_000, failurePercent: 0 };
    const sandbox = { channel: "email", provider: "sandbox", settings };
    const slow = { ...sandbox, name: "Slow", limits: { concurrency: 1 } };
    const accountId = (await api.post<Made>("/accounts", slow)).id;
    const { id } = await api.post<Made>("/campaigns", draft({ accountId }));
    const path = `/campaigns/${id}`;
    await api.post(`${path}/send`);
    await phaseIs(api, path, "active");
    await api.post(`${path}/pause`);
    await phaseIs(api, path, "paused");
    const text = "Ring us, {{ first_name }}";
    expect(await api.patch(path, { fallback: { text } })).toMatchObject({
      phase: "paused",
      fallback: { accountId: texts, text },
    });
    await expect(api.patch(path, { fallback: { accountId: mails } })).rejects.toThrow(
      "fallback.accountId",
    );
    await expect(api.patch(path, { fallback: { text: "Hi {{ oops" } })).rejects.toThrow(
      "fallback.text",
    );
    await api.post(`${path}/cancel`);
  });

  test("what cannot go out is refused with its field before anything does", async () => {
    const { api, audienceId } = started;
    const broken = { fallback: { accountId: texts, text: "Hi {{ first_name" } };
    const { id } = await api.post<Made>("/campaigns", draft(broken));
    await expect(api.post(`/campaigns/${id}/send`)).rejects.toThrow("fallback.text");
    const half = await api.post<Made>("/campaigns", draft({ fallback: { text: "Call us" } }));
    await expect(api.post(`/campaigns/${half.id}/send`)).rejects.toThrow("fallback.accountId");
    await expect(
      api.post("/campaigns", draft({ type: "sms", accountId: texts, audienceId })),
    ).rejects.toThrow("fallback");
    const wrong = await api.post<Made>(
      "/campaigns",
      draft({ fallback: { accountId: mails, text: "Call us" } }),
    );
    await expect(api.post(`/campaigns/${wrong.id}/send`)).rejects.toThrow("fallback.accountId");
  });

  test(
    "an audience of numbers alone is reached by text messages alone",
    { timeout: 60_000 },
    async () => {
      const { api } = started;
      const lines = ["phone,sms_consent", "+4915110000201,yes", "+4915110000202,yes"];
      const audienceId = await audienceOf(api, lines.join("\n"), "Numbers");
      const { id } = await api.post<Made>("/campaigns", draft({ audienceId }));
      await api.post(`/campaigns/${id}/send`);
      await phaseIs(api, `/campaigns/${id}`, "completed");
      expect((await reportOf(api, `/campaigns/${id}`)).counters).toMatchObject({ delivered: 2 });
    },
  );
});

test("1.3 the pre-flight tells whom text messages may reach, and what they cost at the most", async () => {
  const { api } = started;
  const { id } = await api.post<Made>("/campaigns", draft());
  // Ben has no address; Ada has both, and allows both; Dan and Eve allow no text messages.
  expect(await api.post(`/campaigns/${id}/preflight`)).toMatchObject({
    recipients: 3,
    segments: null,
    cost: null,
    fallback: {
      straight: 1,
      further: 1,
      segments: 2,
      cost: { currency: "EUR", amount: 0.2, units: 2 },
    },
  });
  await api.patch(`/campaigns/${id}`, { fallback: null });
  expect(await api.post(`/campaigns/${id}/preflight`)).toMatchObject({ fallback: null });
});
