// Many devices that fetch much at once, some of them over lines that take nothing: nobody keeps
// another one from being answered.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { Page } from "#protocol/down.ts";
import { protocolVersion, schemaVersion } from "#protocol/version.ts";
import Fastify, { type FastifyInstance } from "fastify";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { aCampaign, ana, anId, noon } from "../../tests/support/campaigns.ts";
import { createDevices } from "../access/devices.ts";
import { createCommands } from "../commands/apply.ts";
import { openContentCheck } from "../delivery/templates.ts";
import { createPuller } from "../live/pull.ts";
import { openInlineStore } from "../store/sqlite/inline.ts";
import { installGuards } from "./route.ts";
import { registerSync } from "./sync.ts";

const workspace = anId(1);
const clock = (): number => noon;
/** More than what lies in the buffers of a line that is not read. */
const bytesEach = 400_000;
const campaigns = 40;

let app: FastifyInstance;
let port = 0;
let open: Socket[];
let epoch: string | null;
let errors: string[];

beforeEach(async () => {
  const store = openInlineStore(":memory:");
  const text = "x".repeat(bytesEach);
  const content = { subject: "", text, html: "" };
  const docs = Array.from({ length: campaigns }, (_, n) =>
    aCampaign({ id: anId(100 + n), content }),
  );
  await store.sync.commitWrites({
    workspace,
    expect: [],
    writes: docs.map((doc) => ({ kind: "campaign", id: doc.id, doc })),
    activity: null,
    now: noon,
  });
  errors = [];
  app = Fastify({ logger: { level: "error", stream: { write: (line) => errors.push(line) } } });
  installGuards(app, {
    authenticate: async () => ({
      workspace,
      user: ana,
      role: "office",
      name: "Ana",
      access: { fieldMaySend: false },
      viaKey: false,
    }),
    answers: store.access,
    clock,
    origins: ["http://localhost"],
  });
  const commands = createCommands({ store, clock, checkContent: openContentCheck() });
  const devices = createDevices({ store, clock, endSession: async () => undefined });
  registerSync(app, { commands, devices, puller: createPuller({ store, clock }), clock });
  const address = await app.listen({ port: 0, host: "127.0.0.1" });
  port = Number(new URL(address).port);
  open = [];
  epoch = null;
  const [reset] = await ask(0, "application/json");
  epoch = reset?.epoch ?? null;
});

afterEach(async () => {
  for (const socket of open) socket.destroy();
  await app.close();
});

function question(n: number): string {
  const sender = { v: protocolVersion, schema: schemaVersion, client: anId(1_000 + n) };
  const feeds = { team: { from: 0 } };
  return JSON.stringify({ ...sender, instance: anId(5_000 + n), epoch, ch: "", feeds });
}

/** Asks, and takes nothing of the answer but its beginning. */
async function askAndRest(n: number, accept: string): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  open.push(socket);
  const body = question(n);
  socket.write(
    `POST /sync/pull HTTP/1.1\r\nhost: localhost\r\naccept: ${accept}\r\n` +
      `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
  await once(socket, "readable");
}

async function ask(n: number, accept: string): Promise<readonly Page[]> {
  const answer = await fetch(`http://127.0.0.1:${port}/sync/pull`, {
    method: "POST",
    headers: { "content-type": "application/json", accept },
    body: question(n),
  });
  expect(answer.status).toBe(200);
  return (await answer.text()).split("\n").map((line) => JSON.parse(line));
}

test.each(["application/json", "application/x-ndjson, application/json"])(
  "[S57] who takes nothing of an answer keeps nobody waiting (%s)",
  async (accept) => {
    for (let n = 0; n < 20; n++) await askAndRest(n, accept);
    const [page] = await ask(100, accept);
    expect(page).toMatchObject({ t: "page" });
  },
);

test("[S57] long answers come side by side, each to its end", async () => {
  const all = await Promise.all(
    Array.from({ length: 12 }, (_, n) => ask(n, "application/x-ndjson, application/json")),
  );
  for (const pages of all) {
    expect(pages.length).toBeGreaterThan(3);
    expect(pages.at(-1)?.feeds.team).toMatchObject({ from: expect.any(Number) });
  }
});

test("[S57] who goes away in the middle of a long answer makes room for the next one", async () => {
  for (let n = 0; n < 40; n++) await askAndRest(n, "application/x-ndjson");
  // As many as there may be are under way: who comes now gets a page at a time.
  expect(await ask(100, "application/x-ndjson")).toHaveLength(1);
  for (const socket of open) socket.destroy();
  await vi.waitFor(
    async () => {
      expect((await ask(101, "application/x-ndjson")).length).toBeGreaterThan(3);
    },
    { timeout: 20_000, interval: 250 },
  );
  // That a line breaks is no fault of the server.
  expect(errors).toEqual([]);
});
