// Visits that another system tells of, and the campaigns that may have brought them, on the real server.
import { afterAll, beforeAll, expect, test } from "vitest";
import { hourMs } from "#domain/core/time.ts";
import { waitFor, type RestClient } from "../support/delivery/rest-client.ts";
import { phaseIs, reportOf, send, startWith, type Made } from "../support/delivery/started.ts";
import { openClock, type MovableClock } from "../support/movable-clock.ts";
import type { RealServer } from "../support/real-server.ts";

interface Told {
  readonly customersReached: number;
  readonly checkIns: number;
}

let clock: MovableClock;
let server: RealServer;
let api: RestClient;
let audienceId: string;

beforeAll(async () => {
  clock = openClock();
  const people = ["ann", "bob", "eve"].map((name) => `${name}@example.org,yes`);
  const csv = ["email,email_consent", ...people, "dan@example.org,no"].join("\n");
  ({ server, api, audienceId } = await startWith(csv, clock.env));
}, 90_000);

afterAll(async () => {
  await server.close();
  clock.remove();
});

const checkIns = async (query = ""): Promise<number> =>
  (await api.get<Told>(`/usage${query}`)).checkIns;

function visit(id: string, email: string, at?: string): Promise<unknown> {
  const event = { id, name: "check_in", contact: { email } };
  return api.post("/events", at === undefined ? event : { ...event, at });
}

test("S4-D2 check-ins of whom a campaign reached count for 48 hours after its launch, each once", async () => {
  const before = new Date(Date.now() - hourMs).toISOString();
  const account = {
    name: "Mail",
    channel: "email",
    provider: "sandbox",
    settings: { failurePercent: 0, unconfirmedPercent: 0, receiptDelayMs: 100 },
  };
  const accountId = (await api.post<Made>("/accounts", account)).id;
  const mail = { name: "Come and see", type: "email", audienceId, accountId } as const;
  const paths = [await send(api, mail), await send(api, { ...mail, name: "Come again" })];
  for (const path of paths) {
    await phaseIs(api, path, "completed");
    await waitFor(
      () => reportOf(api, path),
      ({ counters }) => counters["delivered"] === 3,
    );
  }
  expect(await checkIns()).toBe(0);

  await visit("1", "ann@example.org");
  expect(await checkIns()).toBe(1);
  // Told again it is the same visit; both campaigns reached her.
  await visit("1", "ann@example.org");
  expect(await checkIns()).toBe(1);
  // Who was there before it went out, and who was not written to, was not brought by it.
  await visit("2", "bob@example.org", before);
  await visit("3", "dan@example.org");
  expect(await checkIns()).toBe(1);

  clock.set(47 * hourMs);
  await waitUntilAhead(47 * hourMs);
  await visit("4", "bob@example.org");
  expect(await checkIns()).toBe(2);
  clock.set(49 * hourMs);
  await waitUntilAhead(49 * hourMs);
  await visit("5", "eve@example.org");
  expect(await checkIns()).toBe(2);

  // Narrowed as the rest of usage; who is erased leaves the count as it is.
  expect(await checkIns("?type=sms")).toBe(0);
  const { items } = await api.get<{ readonly items: readonly Made[] }>("/contacts?q=ann");
  await api.post(`/contacts/${items[0]?.id}/erase`, { confirm: items[0]?.id });
  expect(await checkIns()).toBe(2);
});

/** The server reads its clock anew after a moment. */
async function waitUntilAhead(ms: number): Promise<void> {
  await waitFor(
    () => api.get<{ readonly asOf: string }>("/usage"),
    ({ asOf }) => Date.parse(asOf) - Date.now() > ms - hourMs / 2,
  );
}
