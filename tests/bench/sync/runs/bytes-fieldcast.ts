/** What travels to a device of ours, asked for and encoded by the server's own routes. */
import { gunzipSync } from "node:zlib";
import Fastify from "fastify";
import { createDevices } from "#server/access/devices.ts";
import { createCommands } from "#server/commands/apply.ts";
import { installGuards, type Caller } from "#server/http/route.ts";
import { registerSync } from "#server/http/sync.ts";
import { createPuller } from "#server/live/pull.ts";
import { sharedPage } from "#server/live/shared-page.ts";
import { openInlineStore } from "#server/store/sqlite/inline.ts";
import type { Write } from "#domain/sync/decision.ts";
import { pullReply } from "#protocol/down.ts";
import { protocolVersion, schemaVersion } from "#protocol/version.ts";
import { parse } from "valibot";
import { ana, anId } from "../../../support/campaigns.ts";
import { workspace, write } from "./workspace.ts";
import type { Travelled } from "./bytes.ts";

const caller: Caller = {
  workspace,
  user: ana,
  role: "admin",
  name: "Ana",
  access: { fieldMaySend: false },
  viaKey: false,
};

const authenticate = async () => caller;
const checkContent = () => ({ unknown: [], problems: [] });

export async function openFieldcast() {
  const store = openInlineStore(":memory:");
  let now = 0;
  const clock = () => now;
  const puller = createPuller({ store, clock });
  const devices = createDevices({ store, clock, endSession: async () => undefined });
  const app = Fastify();
  installGuards(app, { authenticate, answers: store.access, clock, origins: [] });
  registerSync(app, {
    commands: createCommands({ store, clock, checkContent }),
    puller,
    devices,
    clock,
  });
  const who = { v: protocolVersion, schema: schemaVersion, client: anId(1), instance: anId(2) };
  const epoch = await puller.epoch();
  const at: Record<string, { from: number }> = start();

  return {
    write: async (writes: readonly Write[], when: number) => {
      now = when;
      await write(store, writes, when);
    },
    /** Until the device is at the head, over HTTP; the bodies as they leave the server. */
    async pull(): Promise<Travelled & { readonly rows: number }> {
      const sum = { raw: 0, packed: 0, messages: 0, rows: 0 };
      for (;;) {
        now += 1_000;
        const answer = await app.inject({
          method: "POST",
          url: "/sync/pull",
          headers: {
            accept: "application/x-ndjson",
            "accept-encoding": "gzip",
            "fieldcast-protocol": String(protocolVersion),
          },
          payload: { ...who, epoch, ch: "bytes", feeds: at },
        });
        if (answer.statusCode !== 200) throw new Error(answer.body);
        const isPacked = answer.headers["content-encoding"] === "gzip";
        const text = String(isPacked ? gunzipSync(answer.rawPayload) : answer.rawPayload);
        sum.raw += text.length;
        sum.packed += answer.rawPayload.length;
        sum.messages += 1;
        const pages = text.split("\n").map((line) => parse(pullReply, JSON.parse(line)));
        for (const page of pages) {
          if (page.t !== "page") throw new Error("the device was told to begin again");
          const feeds = Object.entries(page.feeds);
          sum.rows += feeds.reduce((all, [, { rows }]) => all + rows.ver.length, 0);
          for (const [feed, { to }] of feeds) at[feed] = { from: to };
          if (page === pages.at(-1) && feeds.every(([, { more }]) => !more)) return sum;
        }
      }
    },
    /** The next page of the live stream, as it goes out on a socket. */
    async hear(): Promise<number> {
      const roll = at["roll"] ?? { from: 0 };
      // As the hub asks for who has revealed all that it was sent.
      const where = { workspace, user: ana, epoch, ch: "", feeds: { roll }, onlyChanges: true };
      const page = await puller.pull(where);
      if (page.t !== "page") throw new Error("the stream was reset");
      at["roll"] = { from: page.feeds.roll?.to ?? roll.from };
      return sharedPage(page, true).said.length;
    },
    close: async () => {
      await app.close();
      await store.close();
    },
  };
}

function start() {
  return { org: { from: 0 }, team: { from: 0 }, roll: { from: 0 }, user: { from: 0 } };
}
