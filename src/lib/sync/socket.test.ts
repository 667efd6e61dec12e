import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { LiveDown } from "#protocol/down.ts";
import type { LiveUp } from "#protocol/up.ts";
import { protocolVersion, schemaVersion } from "#protocol/version.ts";
import type { SyncCore } from "./core.ts";
import { ackAfterQuietMs, createLiveSocket, type Wire } from "./socket.ts";

const client = "00000000-0000-7000-8000-000000000002";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** A line whose other end is the test. `next` is what the core makes of each page. */
function aLine(next: () => Awaited<ReturnType<SyncCore["receive"]>>) {
  const said: LiveUp[] = [];
  const hears: ((event: { readonly data: unknown }) => void)[] = [];
  const opens: (() => void)[] = [];
  const wire: Wire = {
    readyState: 1,
    binaryType: "blob",
    send: (data) => said.push(JSON.parse(data)),
    close: () => undefined,
    addEventListener: (
      type: string,
      listener: (() => void) & ((event: { readonly data: unknown }) => void),
    ) => {
      if (type === "message") hears.push(listener);
      if (type === "open") opens.push(listener);
    },
  };
  const sender = { v: protocolVersion, schema: schemaVersion, client, instance: client };
  const socket = createLiveSocket({
    core: {
      hello: async () => ({ t: "hello", ...sender, epoch: "one", ch: "new", feeds: {} }),
      receive: async () => next(),
      renew: () => undefined,
      hangUp: () => undefined,
      compare: async () => undefined,
    },
    createSocket: () => wire,
    clock: { wall: Date.now, monotonic: () => performance.now() },
    onClose: () => undefined,
  });
  return {
    said,
    socket,
    open: async () => {
      const opened = socket.dial();
      for (const each of opens) each();
      expect(await opened).toBe(true);
    },
    page: async (from: number) => {
      const rows = { ver: [], kind: [], id: [], doc: [] };
      const roll = { from, to: from + 1, more: false, rows };
      const page: LiveDown = { t: "page", epoch: "one", ch: "old", feeds: { roll }, time: 0 };
      for (const each of hears) each({ data: JSON.stringify(page) });
      await vi.advanceTimersByTimeAsync(0);
    },
    acks: () => said.filter(({ t }) => t === "ack"),
  };
}

const ack = (roll: number) =>
  ({ act: "ack", message: { t: "ack", ch: "old", feeds: { roll } } }) as const;

test("[S26] after the first, pages are acknowledged together, when no more came for a while", async () => {
  let at = 0;
  const line = aLine(() => ack(at));
  await line.open();
  for (at = 1; at <= 3; at++) await line.page(at - 1);
  expect(line.acks()).toMatchObject([{ feeds: { roll: 1 } }]);
  await vi.advanceTimersByTimeAsync(ackAfterQuietMs);
  expect(line.acks()).toMatchObject([{ feeds: { roll: 1 } }, { feeds: { roll: 3 } }]);
  line.socket.close();
});

test("[S26] out of sight nothing is left to timers, which browsers let wait there", async () => {
  let at = 0;
  const line = aLine(() => ack(at));
  await line.open();
  for (at = 1; at <= 2; at++) await line.page(at - 1);
  line.socket.pace(true);
  expect(line.acks()).toHaveLength(2);
  at = 3;
  await line.page(2);
  expect(line.acks()).toHaveLength(3);
  line.socket.pace(false);
  at = 4;
  await line.page(3);
  expect(line.acks()).toHaveLength(3);
  line.socket.close();
});

test("[S26] who says hello anew acknowledges nothing of the chain before", async () => {
  const steps: Awaited<ReturnType<SyncCore["receive"]>>[] = [ack(1), ack(2), { act: "redial" }];
  const line = aLine(() => steps.shift() ?? { act: "none" });
  await line.open();
  for (let from = 0; from < 3; from++) await line.page(from);
  await vi.advanceTimersByTimeAsync(ackAfterQuietMs * 10);
  expect(line.said.map(({ t }) => t)).toEqual(["hello", "ack", "hello"]);
  line.socket.close();
});
