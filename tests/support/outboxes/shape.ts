/**
 * Outboxes as devices of each version of the protocol held them, recorded once and kept for ever.
 * Made by `npm run golden -- --outbox`; replayed by tests/acceptance/outboxes.test.ts.
 */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import type { Verdict } from "#protocol/down.ts";
import type { PushRequest } from "#protocol/up.ts";

const folder = "tests/support/outboxes/kept";

export const workspace = "00000000-0000-7000-8000-000000000001";

export interface RecordedOutbox {
  readonly protocol: number;
  readonly schema: number;
  /** The server's clock when the device came back. */
  readonly at: number;
  /** The device's database: its version and stores, as Dexie names them, with all rows. */
  readonly device: {
    readonly version: number;
    readonly schema: Readonly<Record<string, string>>;
    readonly stores: Readonly<Record<string, readonly unknown[]>>;
  };
  /** What the server held when the device came back. */
  readonly base: readonly {
    readonly kind: string;
    readonly id: string;
    readonly doc: Readonly<Record<string, unknown>>;
  }[];
  /** What the device said, as it went over the wire. */
  readonly requests: readonly PushRequest[];
  /** What the server of the same version answered. */
  readonly verdicts: readonly Verdict[];
}

/** Keeps it; answers in which file. */
export async function keepOutbox(outbox: RecordedOutbox): Promise<string> {
  const file = join(folder, `protocol-${String(outbox.protocol).padStart(2, "0")}.json.gz`);
  await mkdir(folder, { recursive: true });
  await writeFile(file, gzipSync(JSON.stringify(outbox, packed), { level: 9 }));
  return file;
}

/** All that were recorded, oldest first. */
export async function recordedOutboxes(): Promise<readonly RecordedOutbox[]> {
  const names = (await readdir(folder)).toSorted();
  return Promise.all(
    names.map(async (name) => {
      const text = gunzipSync(await readFile(join(folder, name))).toString("utf8");
      const outbox: RecordedOutbox = JSON.parse(text, unpacked);
      const { seal = [], ...stores } = outbox.device.stores;
      if (seal.length === 0) return outbox;
      const keys = [{ purpose: "work", key: await workKey() }];
      return { ...outbox, device: { ...outbox.device, stores: { ...stores, seal: keys } } };
    }),
  );
}

/** The key of what is sealed in a recording: on a device the browser makes one, and tells it nobody. */
export async function workKey(): Promise<CryptoKey> {
  const bytes = new TextEncoder().encode("what is sealed in recordings 32b");
  return crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
}

/** Bytes as JSON can say them. */
function packed(_name: string, value: unknown): unknown {
  if (value instanceof ArrayBuffer) return { buffer: Buffer.from(value).toString("base64") };
  return value instanceof Uint8Array ? { view: Buffer.from(value).toString("base64") } : value;
}

function unpacked(_name: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Object.keys(value).length !== 1) return value;
  if ("buffer" in value) return Uint8Array.from(bytesOf(value.buffer)).buffer;
  return "view" in value ? Uint8Array.from(bytesOf(value.view)) : value;
}

function bytesOf(text: unknown): Buffer {
  return Buffer.from(String(text), "base64");
}
