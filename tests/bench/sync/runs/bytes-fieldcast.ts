/** What travels to a device of ours, asked for and encoded by the server's own routes. */
import Fastify from "fastify";
import { createDevices } from "#server/access/devices.ts";
import { createCommands } from "#server/commands/apply.ts";
import { installGuards, type Caller } from "#server/http/route.ts";
import { registerSync } from "#server/http/sync.ts";
import { createPuller } from "#server/live/pull.ts";
import { openInlineStore } from "#server/store/sqlite/inline.ts";
import type { Write } from "#domain/sync/decision.ts";
import { protocolVersion, schemaVersion } from "#protocol/version.ts";
import { array, looseObject, number, parse, record, string, boolean } from "valibot";
import { ana, anId } from "../../../support/campaigns.ts";
import { workspace, write } from "./workspace.ts";
import type { Travelled } from "./bytes.ts";

const Pulled = looseObject({
  epoch: string(),
  feeds: record(string(), looseObject({})),
});
const Feeds = record(
  string(),
  looseObject({ to: number(), more: boolean(), rows: looseObject({ ver: array(number()) }) }),
);

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
  let at: Record<string, { from: number }> = start();

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
          headers: { "accept-encoding": "gzip", "fieldcast-protocol": String(protocolVersion) },
          payload: { ...who, epoch, ch: "bytes", feeds: at },
        });
        const plain = await puller.pull({ workspace, user: ana, epoch, ch: "bytes", feeds: at });
        if (answer.statusCode !== 200) throw new Error(answer.body);
        sum.raw += JSON.stringify(plain).length;
        sum.packed += answer.rawPayload.length;
        sum.messages += 1;
        const feeds = parse(Feeds, parse(Pulled, plain).feeds);
        sum.rows += Object.values(feeds).reduce((all, { rows }) => all + rows.ver.length, 0);
        at = Object.fromEntries(
          Object.entries(feeds).map(([feed, { to }]) => [feed, { from: to }]),
        );
        if (Object.values(feeds).every(({ more }) => !more)) return sum;
      }
    },
    /** The next page of the live stream: text, as it goes out on a socket. */
    async hear(): Promise<number> {
      const roll = at["roll"] ?? { from: 0 };
      // As the hub asks for who has revealed all that it was sent.
      const where = { workspace, user: ana, epoch, ch: "", feeds: { roll }, onlyChanges: true };
      const page = await puller.pull(where);
      if (page.t !== "page") throw new Error("the stream was reset");
      at = { ...at, roll: { from: page.feeds.roll?.to ?? roll.from } };
      const { ch: _, ...said } = page;
      return JSON.stringify(said).length;
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
