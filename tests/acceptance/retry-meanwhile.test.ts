// Who failed for certain is sent to again while others of the campaign are still tried by
// themselves, for hours: on the real server, through a carrier that refuses some and misses others.
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCli } from "../support/command-line.ts";
import { RestClient } from "../support/delivery/rest-client.ts";
import { answering, RogueCarrier } from "../support/delivery/rogue-carrier.ts";
import {
  everybody,
  isHandedOver,
  reportWhen,
  rowsOf,
  send,
  webhookAccount,
} from "../support/delivery/sending.ts";
import { RealServer } from "../support/real-server.ts";

const missed = ["missed-1@example.org", "missed-2@example.org"];
const refused = ["refused-1@example.org", "refused-2@example.org", "refused-3@example.org"];
const fine = ["fine-1@example.org", "fine-2@example.org"];

let server: RealServer;
let api: RestClient;
let carrier: RogueCarrier;
let isMended = false;

beforeAll(async () => {
  const open = RogueCarrier.open(({ to }) =>
    answering(refused.includes(to) && !isMended ? 413 : 200),
  );
  [server, carrier] = await Promise.all([RealServer.open(), open]);
  api = await RestClient.setUp(server);
}, 120_000);

afterAll(async () => {
  await server.close();
  await carrier.close();
});

async function tell(to: string, said: object): Promise<void> {
  const [call] = carrier.callsTo(to);
  const answer = await fetch(call?.callbackUrl ?? "", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ key: call?.key, ...said }),
  });
  expect(answer.ok).toBe(true);
}

test(
  "S3-33 who failed is sent to again while others are still tried by themselves, and they alone",
  { timeout: 120_000 },
  async () => {
    const audience = await everybody(api, [...missed, ...refused, ...fine]);
    const account = await webhookAccount(api, carrier.url, { guards: { failurePercent: null } });
    const id = await send(api, audience, account);
    await reportWhen(api, id, isHandedOver);
    for (const to of missed) await tell(to, { state: "undelivered", reason: "unreachable" });
    await reportWhen(
      api,
      id,
      ({ campaign, counters }) =>
        campaign.phase === "active" && counters["queued"] === missed.length,
    );

    const picks = [{ state: "failed", reason: "too_long" }];
    const told = await api.get(`/campaigns/${id}/retry?picks=failed.too_long`);
    expect(told).toMatchObject({ isPossible: true, asked: refused.length, n: refused.length });
    isMended = true;
    await api.post(`/campaigns/${id}/retry`, { picks });
    await reportWhen(api, id, ({ counters }) => counters["submitted"] === 5);
    const rows = await rowsOf(api, id);
    for (const to of refused) {
      expect(rows.get(to)).toMatchObject({ state: "submitted", attempts: 2 });
      const keys = carrier.callsTo(to).map(({ key }) => key);
      expect([keys.length, new Set(keys).size]).toEqual([2, 2]);
    }
    for (const to of missed) expect(rows.get(to)).toMatchObject({ state: "queued", attempts: 1 });
    for (const to of [...missed, ...fine]) expect(carrier.callsTo(to)).toHaveLength(1);
    await expect(api.post(`/campaigns/${id}/retry`, { picks })).rejects.toThrow("nothing_to_retry");

    await api.post(`/campaigns/${id}/pause`);
    expect(await api.get(`/campaigns/${id}/retry`)).toMatchObject({ isPossible: false });
    expect(await runCli(server.dataDir, "doctor")).toMatchObject({ status: 0 });
  },
);
