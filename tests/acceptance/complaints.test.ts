// A recipient who reports a message, and words of a provider that no table has: what becomes of
// the person and the report, and what the operator is told.
import { afterAll, beforeAll, expect, test } from "vitest";
import { RestClient, waitFor } from "../support/delivery/rest-client.ts";
import {
  everybody,
  isHandedOver,
  reportWhen,
  rowsOf,
  send,
  webhookAccount,
} from "../support/delivery/sending.ts";
import { WebhookSink, type SinkMessage } from "../support/delivery/webhook-sink.ts";
import { RealServer } from "../support/real-server.ts";

interface Page {
  readonly items: readonly Readonly<Record<string, unknown>>[];
}

let server: RealServer;
let api: RestClient;
let sink: WebhookSink;
let campaign: string;

const [angry, odd, glad] = ["angry@example.org", "odd@example.org", "glad@example.org"];

beforeAll(async () => {
  [server, sink] = await Promise.all([RealServer.open(), WebhookSink.open()]);
  api = await RestClient.setUp(server);
  const audience = await everybody(api, [angry, odd, glad]);
  campaign = await send(api, audience, await webhookAccount(api, sink.url));
  await reportWhen(api, campaign, isHandedOver);
}, 60_000);

afterAll(async () => {
  await server.close();
  await sink.close();
});

/** The same place with another tag. */
function otherTag(key: string): string {
  return key.slice(0, 20) + (key[20] === "x" ? "y" : "x") + key.slice(21);
}

const sentTo = (address: string): readonly SinkMessage[] => sink.sentTo(address);

test("a complaint by receipt marks the message, suppresses the address and ends the consent, once", async () => {
  expect(await sink.tell(sentTo(angry), () => ({ state: "delivered" }))).toBe(true);
  for (let repeat = 0; repeat < 3; repeat++) {
    expect(await sink.tell(sentTo(angry), () => ({ state: "complained" }))).toBe(true);
  }
  const marked = await reportWhen(api, campaign, ({ marks }) => (marks["complained"] ?? 0) > 0);
  expect(marked.marks).toMatchObject({ complained: 1, opted_out: 1 });
  expect((await rowsOf(api, campaign)).get(angry)).toMatchObject({ state: "delivered" });
  const { items } = await api.get<Page>("/suppressions");
  expect(items).toMatchObject([{ address: angry, reason: "complained", source: "complaint" }]);
  const people = await api.get<Page>(`/contacts?q=${angry}`);
  expect(people.items).toMatchObject([{ consents: [{ channel: "email", granted: false }] }]);
});

test("a complaint under a key that is not ours says nothing of anybody", async () => {
  const forged = sentTo(glad).map((message) => ({ ...message, key: otherTag(message.key) }));
  expect(await sink.tell(forged, () => ({ state: "complained" }))).toBe(true);
  const { items } = await api.get<Page>("/suppressions");
  expect(items.map(({ address }) => address)).toEqual([angry]);
});

test("a state that nobody knows changes nothing, an unknown reason counts as unknown, and both are listed", async () => {
  expect(await sink.tell(sentTo(odd), () => ({ state: "teleported" }))).toBe(true);
  expect((await rowsOf(api, campaign)).get(odd)).toMatchObject({ state: "submitted" });
  const undelivered = { state: "undelivered", reason: "eaten_by_dog" };
  expect(await sink.tell(sentTo(odd), () => undelivered)).toBe(true);
  const rows = await waitFor(
    () => rowsOf(api, campaign),
    (each) => each.get(odd)?.reason === "unknown",
  );
  // For a reason that nobody knows it is sent again, once.
  expect(rows.get(odd)).toMatchObject({ state: "queued", reason: "unknown" });
  const { items } = await api.get<Page>("/receipts/unmatched");
  const told = items.filter(({ why }) => why === "unknown_value").map(({ said }) => said);
  expect(new Set(told)).toEqual(new Set(['reason "eaten_by_dog"', 'state "teleported"']));
});
