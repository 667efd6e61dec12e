// A deleted campaign leaves every list, and no total (AMB-22), on the real server.
import { afterAll, beforeAll, expect, test } from "vitest";
import { waitFor, type RestClient } from "../support/delivery/rest-client.ts";
import {
  phaseIs,
  send,
  startWith,
  type Counts,
  type Made,
  type Page,
} from "../support/delivery/started.ts";
import type { RealServer } from "../support/real-server.ts";

interface Listed extends Made {
  readonly name: string;
}

interface Activity {
  readonly event: string;
  readonly campaignId: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** What tells of all campaigns together; `asOf` moves by itself. */
const totals = ["/usage", "/analytics", "/reports/channels", "/usage/messages?kind=unreachable"];

const people = 40;

let server: RealServer;
let api: RestClient;
let mail: string;
let sms: string;

beforeAll(async () => {
  const rows = Array.from(
    { length: people },
    (_, n) => `p${n}@example.org,+1202555${String(n).padStart(4, "0")},P${n},yes,yes`,
  );
  const csv = ["email,phone,first_name,email_consent,sms_consent", ...rows].join("\n");
  let audienceId: string;
  ({ server, api, audienceId } = await startWith(csv));
  const sent: string[] = [];
  for (const type of ["email", "sms"] as const) {
    const account = {
      name: type,
      channel: type,
      provider: "sandbox",
      settings: { latencyMs: 0, failurePercent: 40, unconfirmedPercent: 0, receiptDelayMs: 20 },
      guards: { breaker: "provider", failurePercent: null },
      price: { currency: "EUR", perUnit: 0.05 },
    };
    const accountId = (await api.post<Made>("/accounts", account)).id;
    const path = await send(api, { name: `By ${type}`, type, audienceId, accountId });
    await phaseIs(api, path, "completed", "settling");
    // Nothing is sent again by itself any more.
    await api.post(`${path}/cancel`).catch(() => undefined);
    sent.push(path);
  }
  [mail = "", sms = ""] = sent;
  await allIsOver();
}, 90_000);

afterAll(() => server.close());

const times = new Set(["asOf", "countedAt"]);

function withoutTimes(name: string, value: unknown): unknown {
  return times.has(name) ? null : value;
}

async function told(): Promise<readonly unknown[]> {
  const answers = await Promise.all(totals.map((path) => api.get<object>(path)));
  // When it was counted is another matter: contacts of an audience are counted again now and then.
  return answers.map((answer) => JSON.parse(JSON.stringify(answer, withoutTimes)));
}

/** Until each message has come to its end, in what is told of all campaigns too. */
async function allIsOver(): Promise<void> {
  await waitFor(
    () => api.get<{ readonly messages: Counts }>("/usage"),
    ({ messages: { total, queued, unconfirmed } }) =>
      total === 2 * people && queued === 0 && unconfirmed === 0,
    60_000,
  );
}

const listed = async (): Promise<readonly string[]> =>
  (await api.get<Page<Listed>>("/campaigns")).items.map(({ name }) => name);

test("AMB-22 a deleted campaign disappears from lists, and stays in every total and for audit", async () => {
  const before = await told();
  expect(before[0]).toMatchObject({ campaigns: 2, messages: { total: 80 } });
  expect(before[1]).not.toMatchObject({ counts: { submitted: 0 } });

  await api.delete(mail);
  expect(await listed()).toEqual(["By sms"]);
  expect(await told()).toEqual(before);
  await api.delete(sms);
  expect(await listed()).toEqual([]);
  expect(await told()).toEqual(before);

  const { items } = await api.get<Page<Activity>>("/activity");
  const deletions = items.filter(({ event }) => event === "campaign.delete");
  expect(deletions.map(({ detail }) => detail["name"])).toEqual(["By sms", "By email"]);
});

test("AMB-22 what is brought back is counted once", async () => {
  const before = await told();
  await api.post(`${sms}/restore`);
  expect(await listed()).toEqual(["By sms"]);
  expect(await told()).toEqual(before);
  await api.delete(sms);
  expect(await told()).toEqual(before);
});

test("AMB-22 a campaign that never went out leaves nothing behind", async () => {
  const before = await told();
  const { id } = await api.post<Made>("/campaigns", { name: "Never sent", type: "email" });
  await api.delete(`/campaigns/${id}`);
  expect(await told()).toEqual(before);
});
