/** Recipients by block, and a counter as a row with a version. */
import { array, parse, unknown } from "valibot";
import { blockDynamic, blockStatic } from "#protocol/rest/blocks.ts";
import { packed, pullReply } from "#protocol/down.ts";
import { createPuller } from "#server/live/pull.ts";
import { openInlineStore } from "#server/store/sqlite/inline.ts";
import { ana, noon } from "../../../support/campaigns.ts";
import type { MemoryPeer } from "./memory-peer.ts";
import { dynamicPart, staticPart } from "./recipients.ts";
import { rollup, workspace, write } from "./workspace.ts";

const Docs = array(unknown());

export function openFieldcast(): MemoryPeer {
  return {
    name: "Fieldcast",
    encoded: ({ length }) =>
      [staticPart(0, length), dynamicPart(0, length)].map((part) =>
        Buffer.from(JSON.stringify(part)),
      ),
    applied: ([fixed, moving]) => {
      const { address, name } = parse(blockStatic, JSON.parse(String(fixed)));
      const { state, at } = parse(blockDynamic, JSON.parse(String(moving)));
      return Math.min(address.length, name.length, state.length, at.length);
    },
    openCounter: async () => {
      const store = openInlineStore(":memory:");
      const puller = createPuller({ store, clock: () => noon });
      const empty = { ...rollup(0, 1), series: [] };
      return {
        change: async (n) => {
          for (let total = 1; total <= n; total++) {
            await write(store, [{ kind: "rollup", id: empty.id, doc: { ...empty, total } }], noon);
          }
        },
        catchUp: async () => {
          const epoch = await puller.epoch();
          const where = { workspace, user: ana, epoch, ch: "", feeds: { roll: { from: 0 } } };
          const text = JSON.stringify(packed(await puller.pull(where)));
          const reply = parse(pullReply, JSON.parse(text));
          const docs = parse(Docs, reply.t === "page" ? reply.feeds.roll?.rows.doc : []);
          const [doc] = docs;
          const value = typeof doc === "object" && doc !== null && "total" in doc && doc.total;
          return { bytes: text.length, value };
        },
        close: () => store.close(),
      };
    },
  };
}
