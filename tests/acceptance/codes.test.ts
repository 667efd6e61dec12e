// Unique codes on the real server over REST: killed while it sends, and what its codes were worth.
import { afterAll, beforeAll, expect, test } from "vitest";
import { RestClient } from "../support/delivery/rest-client.ts";
import type { Made } from "../support/delivery/rest-parts.ts";
import {
  everybody,
  isHandedOver,
  reportWhen,
  webhookAccount,
} from "../support/delivery/sending.ts";
import { WebhookSink } from "../support/delivery/webhook-sink.ts";
import { RealServer } from "../support/real-server.ts";

interface Pool extends Made {
  readonly size: number;
  readonly left: number;
  readonly reserved: number;
  readonly published: number;
  readonly redeemed: number;
}

const people = 60;

let server: RealServer;
let api: RestClient;
let sink: WebhookSink;
let parts: { readonly audienceId: string; readonly accountId: string };

beforeAll(async () => {
  [server, sink] = await Promise.all([
    RealServer.open(),
    WebhookSink.open({ latencyMs: 30, reports: true }),
  ]);
  api = await RestClient.setUp(server);
  const emails = Array.from({ length: people }, (_, n) => `p${n}@example.org`);
  const accountId = await webhookAccount(api, sink.url, { limits: { concurrency: 2 } });
  parts = { audienceId: await everybody(api, emails), accountId };
}, 60_000);

afterAll(async () => {
  await server.close();
  await sink.close();
});

async function aPool(count: number): Promise<string> {
  const { id } = await api.post<Made>("/code-pools", { name: "Summer" });
  await api.post(`/code-pools/${id}/generate`, { count });
  return id;
}

const poolOf = (id: string) => api.get<Pool>(`/code-pools/${id}`);

test(
  "S0-14 S0-15 S0-24 S0-26 S0-28 S0-30 S0-D3 I-11 AMB-02 killed while it sends, everybody has one code, nobody another's, and the report counts what was used",
  { timeout: 180_000 },
  async () => {
    const pool = await aPool(people + 5);
    const { id } = await api.post<Made>("/campaigns", {
      name: "Summer",
      type: "email",
      content: { subject: "Hi", text: "{{ code }}" },
      codePoolId: pool,
      ...parts,
    });
    await api.post(`/campaigns/${id}/send`);
    for (const reached of [5, 20, 40]) {
      await reportWhen(
        api,
        id,
        ({ counters }) => (counters["total"] ?? 0) - (counters["queued"] ?? 0) >= reached,
      );
      await server.kill();
      await server.start();
    }
    await reportWhen(api, id, isHandedOver);
    await reportWhen(api, id, ({ counters }) => counters["delivered"] === people);

    const messages = [...sink.effects.values()];
    expect(new Set(messages.map(({ to }) => to)).size).toBe(people);
    const codes = messages.map(({ content }) => content.text);
    expect(new Set(codes).size).toBe(people);
    expect(sink.conflicts).toEqual([]);
    expect(await poolOf(pool)).toMatchObject({ left: 5, reserved: 0, published: people });

    const use = (code: string, key: string) =>
      api.post<{ readonly state: string }>(`/code-pools/${pool}/redemptions`, { code, key });
    for (const code of codes.slice(0, 15)) await use(code, "till 1");
    expect(await use(codes[0] ?? "", "till 1")).toMatchObject({ state: "repeated" });
    const free = await api.get<{ readonly items: readonly { code: string; state: string }[] }>(
      `/code-pools/${pool}/codes?limit=1000`,
    );
    const unsent = free.items.find(({ state }) => state === "left")?.code ?? "";
    expect(await use(unsent, "till 2")).toMatchObject({ state: "redeemed", campaignId: null });
    await server.kill();
    await server.start();
    const report = await reportWhen(api, id, (each) => (each.marks["redeemed"] ?? 0) === 15);
    expect(report).toMatchObject({
      codes: {
        published: people,
        redeemed: 15,
        redemptionRate: 15 / people,
        campaignCodesRedeemed: 16,
      },
    });
    expect(await poolOf(pool)).toMatchObject({ left: 4, published: people + 1, redeemed: 16 });
  },
);

test(
  "I-11 S0-27 AMB-01 eight campaigns race for the last codes of one pool: each is given out once, and a rate without codes is none",
  { timeout: 180_000 },
  async () => {
    const pool = await aPool(100);
    expect(await poolOf(pool)).toMatchObject({ redemptionRate: null });
    const before = new Set(sink.effects.keys());
    const ids: string[] = [];
    for (let n = 0; n < 8; n++) {
      const { id } = await api.post<Made>("/campaigns", {
        name: `Race ${n}`,
        type: "email",
        content: { subject: "Hi", text: "{{ code }}" },
        codePoolId: pool,
        codePolicy: "skip",
        ...parts,
      });
      ids.push(id);
    }
    await Promise.all(ids.map((id) => api.post(`/campaigns/${id}/send`)));
    for (const id of ids) await reportWhen(api, id, isHandedOver);
    const codes = [...sink.effects]
      .filter(([key]) => !before.has(key))
      .map(([, { content }]) => content.text);
    expect(codes).toHaveLength(100);
    expect(new Set(codes).size).toBe(100);
    expect(await poolOf(pool)).toMatchObject({ left: 0, reserved: 0, published: 100 });
    const skipped = await Promise.all(ids.map((id) => reportWhen(api, id, isHandedOver)));
    const all = skipped.reduce((sum, { counters }) => sum + (counters["skipped"] ?? 0), 0);
    expect(all).toBe(8 * people - 100);
  },
);
