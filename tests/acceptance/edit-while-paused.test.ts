// A campaign is paused half-way and says something else from then on, on the real server with a
// carrier behind a URL.
import { setTimeout as sleep } from "node:timers/promises";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, expect, test } from "vitest";
import { RestClient, waitFor } from "../support/delivery/rest-client.ts";
import {
  phaseIs,
  reportOf,
  send,
  startWith,
  type Made,
  type Page,
  type Started,
} from "../support/delivery/started.ts";
import { WebhookSink } from "../support/delivery/webhook-sink.ts";

const people = 60;

interface Answer {
  readonly phase: string;
  readonly approval: { readonly state: string; readonly contentHash: string } | null;
  readonly editions: readonly { readonly n: number; readonly handed: number | null }[];
}

interface Row {
  readonly n: number;
  readonly address: string;
  readonly edition: number | null;
}

interface Editions {
  readonly items: readonly { readonly handed: number | null; readonly content: object }[];
}

let started: Started;
let sink: WebhookSink;
let accountId: string;
/** Calls that are answered with an error after they took effect. */
const doubted = new Set<string>();
/** So many get their message; the others wait for the pause. */
let mayReach = Infinity;

beforeAll(async () => {
  const lines = Array.from({ length: people }, (_, n) => `p${n}@example.org,Name${n},yes`);
  const csv = ["email,first_name,email_consent", ...lines].join("\n");
  [started, sink] = await Promise.all([
    startWith(csv, { PRIVATE_TARGETS: "allow" }),
    // The tenth call takes effect and is cut off: nobody knows, and it is repeated.
    WebhookSink.open({
      cuts: ({ to }, call) => {
        if (call % 10 !== 0 || doubted.has(to)) return false;
        doubted.add(to);
        return true;
      },
      turn: async () => {
        while (sink.effects.size >= mayReach) await sleep(20);
      },
    }),
  ]);
  const account = {
    name: "Carrier",
    channel: "email",
    provider: "webhook",
    settings: { url: sink.url },
    limits: { perSecond: 25, concurrency: 2 },
  };
  accountId = (await started.api.post<Made>("/accounts", account)).id;
}, 60_000);

afterAll(async () => {
  mayReach = Infinity;
  await started.server.close();
  await sink.close();
});

async function pausedHalfWay(name: string): Promise<string> {
  const { api, audienceId } = started;
  const before = sink.effects.size;
  mayReach = before + people / 2;
  const path = await send(api, { name, type: "email", audienceId, accountId });
  await waitFor(
    async () => sink.effects.size - before,
    (n) => n >= 15,
  );
  await api.post(`${path}/pause`);
  mayReach = Infinity;
  return path;
}

function textsSince(before: number): readonly string[] {
  return [...sink.effects.values()].slice(before).map(({ content }) => content.text);
}

test(
  "S2-51 S2-52 a paused campaign is edited: who is still queued takes the new text, a repeat says what it said, and each text has its count",
  { timeout: 90_000 },
  async () => {
    const { api } = started;
    const before = sink.effects.size;
    const path = await pausedHalfWay("Autumn");
    await expect(api.patch(path, { audienceId: null })).rejects.toThrow("already_sent");
    await expect(api.patch(path, { content: { text: "" } })).rejects.toThrow("content.text");
    await expect(api.patch(path, { content: { text: "{{ first_name" } })).rejects.toThrow(
      "content.text",
    );
    const edited = await api.patch<Answer>(path, { content: { text: "New for {{ first_name }}" } });
    expect(edited).toMatchObject({ phase: "paused", editions: [{ n: 1 }, { n: 2, handed: null }] });
    await api.post(`${path}/resume`);
    await phaseIs(api, path, "settling", "completed");

    expect(sink.conflicts).toEqual([]);
    expect(doubted.size).toBeGreaterThan(2);
    const texts = textsSince(before);
    expect(texts).toHaveLength(people);
    const old = texts.filter((text) => text.startsWith("Hello"));
    expect(texts.filter((text) => text.startsWith("New for Name")).length).toBe(
      people - old.length,
    );
    expect(old.length).toBeGreaterThanOrEqual(15);
    expect(old.length).toBeLessThan(people);

    const { items } = await api.get<Editions>(`${path}/editions`);
    expect(items.map(({ content }) => content)).toMatchObject([
      { text: "Hello {{ first_name }}" },
      { text: "New for {{ first_name }}" },
    ]);
    const { handed } = items[0] ?? { handed: null };
    // What was in flight at the edit counts as handed over; it may have come back.
    expect(handed).toBeGreaterThanOrEqual(old.length);
    const { items: lines } = await api.get<Page<{ readonly event: string }>>(`${path}/activity`);
    expect(lines.map(({ event }) => event)).toEqual(
      expect.arrayContaining(["campaign.edit", "engine.edited"]),
    );
    expect((await reportOf(api, path)).counters["total"] ?? people).toBe(people);
  },
);

test(
  "S1-D6 S1-20 S1-21 of a campaign with two texts the recipients, their files and each one's own history tell which text went to whom, and are narrowed by it",
  { timeout: 90_000 },
  async () => {
    const { api } = started;
    const before = sink.effects.size;
    const path = await pausedHalfWay("Spring");
    await api.patch(path, { content: { text: "Second words" } });
    await api.post(`${path}/resume`);
    await phaseIs(api, path, "settling", "completed");

    const last = new Map(
      [...sink.effects.values()].slice(before).map(({ to, content }) => [to, content.text]),
    );
    const { items } = await api.get<Page<Row>>(`${path}/messages?limit=100`);
    expect(items.map(({ address, edition }) => [address, edition])).toEqual(
      items.map(({ address }) => [address, last.get(address) === "Second words" ? 2 : 1]),
    );
    for (const edition of [1, 2, 3]) {
      const wanted = items.filter((row) => row.edition === edition);
      expect(wanted.length > 0).toBe(edition < 3);
      const query = `edition=${edition}`;
      expect((await api.get<Page<Row>>(`${path}/messages?limit=100&${query}`)).items).toEqual(
        wanted,
      );
      const file = parse<Record<string, string>>(await api.text(`${path}/export.csv?${query}`), {
        columns: true,
        bom: true,
      });
      expect(file.map((row) => [row["address"], row["text version"]])).toEqual(
        wanted.map((row) => [row.address, String(edition)]),
      );
    }
    const one = await api.get<Row>(`${path}/messages/${items.at(-1)?.n}`);
    expect(one.edition).toBe(2);
    await expect(api.get(`${path}/messages?edition=two`)).rejects.toThrow("edition");
  },
);

test(
  "S0-D7 S2-52 where launches are approved, the new text is approved before anybody gets it",
  { timeout: 90_000 },
  async () => {
    const { api, server } = started;
    const before = sink.effects.size;
    const path = await pausedHalfWay("Winter");
    const sending = { quietHours: null, delayMinutes: 0, approval: true };
    await api.patch("/workspace", { access: { fieldMaySend: false, sending } });
    const edited = await api.patch<Answer>(path, { content: { text: "Better words" } });
    expect(edited.approval).toMatchObject({ state: "asked" });
    await expect(api.post(`${path}/resume`)).rejects.toThrow("needs_approval");
    const { contentHash } = edited.approval ?? { contentHash: "" };
    await expect(api.post(`${path}/approve`, { contentHash })).rejects.toThrow("own_approval");

    const ben = await RestClient.withKey(server, "manager", "Ben");
    expect(await ben.post<Answer>(`${path}/approve`, { contentHash })).toMatchObject({
      phase: "paused",
      approval: { state: "approved" },
    });
    expect(textsSince(before)).not.toContain("Better words");
    await api.post(`${path}/resume`);
    await phaseIs(api, path, "settling", "completed");
    expect(textsSince(before)).toContain("Better words");
    expect(sink.conflicts).toEqual([]);
  },
);
