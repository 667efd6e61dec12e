/**
 * A document each, as JSON: what a replication over HTTP answers that leaves the transport to the
 * app (RxDB's: `{ documents, checkpoint }`), and a stream that tells each document as it is now.
 */
import { gzipSync } from "node:zlib";
import type { Peer, Travelled } from "./bytes.ts";

export function openDocuments(): Peer {
  let changed = new Map<string, object>();
  let heard: { raw: number; packed: number; messages: number } | null = null;

  function put(kind: string, doc: { readonly id: string }): void {
    changed.set(`${kind} ${doc.id}`, doc);
    if (heard === null) return;
    const { length } = JSON.stringify({ documents: [doc], checkpoint: { id: doc.id, at: 0 } });
    heard.raw += length;
    heard.packed += length;
    heard.messages += 1;
  }

  return {
    campaign: (doc) => put("campaign", doc),
    rollup: (doc) => put("rollup", doc),
    async catchUp(): Promise<Travelled> {
      const text = JSON.stringify({
        documents: [...changed.values()],
        checkpoint: { id: "", at: 0 },
      });
      changed = new Map();
      return { raw: text.length, packed: gzipSync(text).length, messages: 1 };
    },
    async listen() {
      const sum = { raw: 0, packed: 0, messages: 0 };
      heard = sum;
      return async () => {
        heard = null;
        return sum;
      };
    },
  };
}
