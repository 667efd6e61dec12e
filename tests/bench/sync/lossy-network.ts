/**
 * B9: a device comes back to a page of 1 MB over a line that loses a packet of twenty, takes half a second
 * there and back, and breaks every eight seconds for one. The product's own client, with its waits
 * and retries, asks the product's own routes; counted are the time until its checkpoint, and what
 * travelled more than over a line that works. Texts as people write them become short on the way;
 * texts that nothing makes shorter show what happens to who has much to fetch.
 *
 * "Ideal" is a download of the same bytes over the same line, which goes on at the very byte where
 * it broke, at once. PouchDB's own server needs a CouchDB, and RxDB leaves the transport to the app:
 * "whole" is what is left to do where an answer cannot be had in parts: asking until it came whole.
 * Run: `npm run bench -- sync`, or `node tests/bench/sync/lossy-network.ts [ROUNDS] [MOST_SECONDS]`.
 */
import "fake-indexeddb/auto";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { BadNetwork, perfect, type LineQuality } from "../../support/bad-network.ts";
import { keep, median } from "../../support/bench.ts";
import { comeBack, openSyncServer, workspaceOf } from "./runs/lossy-device.ts";

const rounds = Number(process.argv[2] ?? 5);
const mostMs = Number(process.argv[3] ?? 240) * 1_000;
const bad: LineQuality = { loss: 0.05, roundTripMs: 500, upMs: 8_000, downMs: 1_000 };
const wanted = 1.3;
const megabyte = { usual: 1_250, random: 740 } as const;

interface Run {
  /** Null: not reached in time. */
  readonly ms: number | null;
  readonly idealMs: number;
  readonly wholeMs: number | null;
  readonly bytes: number;
  readonly wasted: number;
  readonly breaks: number;
}

for (const texts of ["usual", "random"] as const) {
  const campaigns = megabyte[texts];
  const server = await openSyncServer();
  // Each was here before, when there was nothing yet.
  const devices = Array.from({ length: rounds + 1 }, (_, n) => `lossy-${texts}-${n}`);
  for (const name of devices) await comeBack(name, server.port, { campaigns: 0, mostMs });
  await server.write(workspaceOf(campaigns, texts));
  const bytes = await bytesOf(server.port, devices[0] ?? "", campaigns);
  const runs: Run[] = [];
  for (let seed = 1; seed <= rounds; seed++) runs.push(await measure(server.port, bytes, seed));
  await server.close();
  show(texts, runs);

  async function measure(port: number, least: number, seed: number): Promise<Run> {
    const network = await BadNetwork.open(port, bad, seed);
    const ms = await comeBack(devices[seed] ?? "", network.port, { campaigns, mostMs });
    network.close();
    const wasted = network.downBytes - least;
    const idealMs = await download(least, seed, "goes on");
    const wholeMs = await download(least, seed, "begins again");
    return {
      ms,
      idealMs: idealMs ?? mostMs,
      wholeMs,
      bytes: least,
      wasted,
      breaks: network.breaks,
    };
  }
}

/** What travels to one of them where nothing is lost. */
async function bytesOf(port: number, name: string, campaigns: number): Promise<number> {
  const line = await BadNetwork.open(port, perfect);
  await comeBack(name, line.port, { campaigns, mostMs });
  line.close();
  return line.downBytes;
}

/** So many bytes over the bad line; null: not whole in time. */
async function download(
  bytes: number,
  seed: number,
  after: "goes on" | "begins again",
): Promise<number | null> {
  // Says from where on, and gets the rest.
  const source = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", (from) => socket.end(Buffer.alloc(bytes - Number(from))));
  });
  source.listen(0, "127.0.0.1");
  await once(source, "listening");
  const address = source.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const network = await BadNetwork.open(port, bad, seed);
  const began = performance.now();
  let come = 0;
  while (come < bytes && performance.now() - began < mostMs) {
    const from = after === "goes on" ? come : 0;
    come = from + (await fetched(network.port, from));
    if (come < bytes) await sleep(100);
  }
  network.close();
  source.close();
  return come < bytes ? null : performance.now() - began;
}

function fetched(port: number, from: number): Promise<number> {
  return new Promise((resolve) => {
    let come = 0;
    const socket = connect(port, "127.0.0.1", () => socket.write(String(from)));
    socket.on("data", ({ length }) => (come += length));
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(come));
  });
}

function show(texts: "usual" | "random", runs: readonly Run[]): void {
  const [first] = runs;
  const inTime = runs.filter(({ ms }) => ms !== null).length;
  const seconds = (ms: number | null) => `${((ms ?? mostMs) / 1_000).toFixed(1)} s`;
  const ratio = median(runs.map(({ ms, idealMs }) => (ms ?? mostMs) / idealMs));
  const whole = runs.filter(({ wholeMs }) => wholeMs !== null).length;
  console.log(
    `\nB9, a device comes back to 1 MB with ${texts} texts, ${first?.bytes ?? 0} bytes on the way, ` +
      `medians of ${rounds} rounds:`,
  );
  console.log(
    `  checkpoint after ${seconds(median(runs.map(({ ms }) => ms ?? mostMs)))} ` +
      `(${inTime} of ${rounds} in time), ${ratio.toFixed(2)} of ideal (wanted: ${wanted}); ` +
      `${median(runs.map(({ wasted }) => wasted))} bytes wasted over ${median(runs.map(({ breaks }) => breaks))} breaks`,
  );
  console.log(
    `  ideal: ${seconds(median(runs.map(({ idealMs }) => idealMs)))}; ` +
      `whole: ${seconds(median(runs.map(({ wholeMs }) => wholeMs ?? mostMs)))} (${whole} of ${rounds} in time)`,
  );
  keep("sync", `lossy-network-${texts}`, { bad, mostMs, runs });
}
