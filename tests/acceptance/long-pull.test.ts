// A device with much to fetch over a line that breaks again and again: the product's client and
// routes, and between them a line that ends each connection after so many bytes.
import "fake-indexeddb/auto";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { lineBytes } from "#server/http/pull-pages.ts";
import { comeBack, openSyncServer, workspaceOf } from "../bench/sync/runs/lossy-device.ts";

const campaigns = 800;
const patience = { campaigns, mostMs: 120_000 };

const packetBytes = 1_460;

/** A way to the server, packet by packet, that breaks after so many bytes of its answers, each time. */
async function openLine(port: number, breaksAfter: number) {
  const told = { bytes: 0, breaks: 0 };
  const open = new Set<Socket>();
  const line = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    let left = breaksAfter;
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far);
    const pass = async (): Promise<void> => {
      for await (const data of far) {
        for (let at = 0; at < data.length && left > 0; at += packetBytes) {
          const packet = data.subarray(at, at + Math.min(packetBytes, left));
          told.bytes += packet.length;
          left -= packet.length;
          near.write(packet);
          await sleep(2);
        }
        if (left <= 0) break;
      }
      if (left <= 0) told.breaks += 1;
      near.end();
    };
    pass().catch(() => near.destroy());
  });
  line.listen(0, "127.0.0.1");
  await once(line, "listening");
  const address = line.address();
  const close = (): void => {
    for (const socket of open) socket.destroy();
    line.close();
  };
  return { port: typeof address === "object" && address !== null ? address.port : 0, told, close };
}

test(
  "[S57] what came before a line broke is kept, and only the rest is asked for",
  { timeout: 180_000 },
  async () => {
    const server = await openSyncServer();
    await server.write(workspaceOf(campaigns, "random"));
    const whole = await openLine(server.port, Number.POSITIVE_INFINITY);
    expect(await comeBack("whole-line", whole.port, patience)).not.toBeNull();
    const breaking = await openLine(server.port, 200_000);
    expect(await comeBack("breaking-line", breaking.port, patience)).not.toBeNull();
    expect(whole.told.bytes).toBeGreaterThan(500_000);
    expect(breaking.told.breaks).toBeGreaterThan(1);
    // No connection carried more than a third of it: what was shown came in parts that were kept.
    // Of each only the page that was under way came in vain, and what nobody had read yet.
    const { bytes, breaks } = breaking.told;
    expect(bytes - whole.told.bytes).toBeLessThan(breaks * 2 * lineBytes);
    whole.close();
    breaking.close();
    await server.close();
  },
);
