/**
 * B7 and D10: what it costs to tell everybody how campaigns go, while ten thousand things a second
 * change, beside raw `ws` that sends one frame to all, and socket.io. Everybody writes the same
 * counters to the same store four times a second, and says the same bytes of them as often: what
 * changed, in the form of our own frames. A fifth of the devices have links of 50 kbit/s. "raw ws"
 * is no product: it asks nobody where they stand, hears no acknowledgement and repeats nothing that
 * was lost. Frames and their bytes are printed with the rest; a device that heard less than a frame
 * a second fails the run.
 *
 * Rounds are interleaved: the ratios of the medians count.
 * Run: `npm run bench -- sync`, or `node tests/bench/sync/status-stream.ts [SOCKETS] [ROUNDS]`.
 */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { number, object, parse } from "valibot";
import { startSettings } from "../../support/start-settings.ts";
import { installPeers, keep, median } from "../../support/bench.ts";

const sizes = process.argv[2] === undefined ? [500, 2_000] : [Number(process.argv[2])];
const rounds = Number(process.argv[3] ?? 3);
const seconds = 10;
const versions = { "socket.io": "4.8.4" };
const ways = ["fieldcast", "ws", "socket.io"] as const;

const Cost = object({ changesPerSecond: number(), cpuPercent: number(), rssMb: number() });
const Heard = object({
  framesPerDevice: number(),
  fewestFrames: number(),
  bytesPerFrame: number(),
  kbPerDevice: number(),
  staleP50: number(),
  staleP99: number(),
});
type Run = ReturnType<typeof asRun>;

const folder = mkdtempSync(join(tmpdir(), "fieldcast-stream-peers-"));
try {
  const problem = installPeers(folder, versions);
  if (problem !== null) console.log(`  socket.io was skipped: ${problem}`);
  for (const sockets of sizes) await compare(sockets, problem === null);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function compare(sockets: number, hasPeers: boolean): Promise<void> {
  const runs = new Map<string, Run[]>();
  for (let round = 1; round <= rounds; round++) {
    for (const way of ways) {
      if (way === "socket.io" && !hasPeers) continue;
      runs.set(way, [...(runs.get(way) ?? []), await measure(way, sockets)]);
    }
  }
  show(sockets, runs);
}

async function measure(way: string, sockets: number): Promise<Run> {
  const { flags, env } = startSettings();
  const server = fork("tests/bench/sync/runs/stream-server.ts", [way, "20", "10000", folder], {
    execArgv: [...flags],
    env: { ...process.env, ...env },
  });
  const { port } = parse(object({ port: number() }), await answer(server));
  const args = [way, String(port), String(sockets), "20"];
  const listeners = fork("tests/bench/sync/runs/stream-listeners.ts", args);
  await answer(listeners);
  server.send("begin");
  // The first seconds warm up.
  await sleep(5_000);
  server.send("measure");
  listeners.send("measure");
  await sleep(seconds * 1_000);
  const heard = answer(listeners);
  listeners.send("end");
  const cost = answer(server);
  server.send("end");
  const run = asRun(await cost, await heard);
  // Who hears nothing costs nothing: such a figure would be none.
  if (run.fewestFrames < seconds) {
    throw new Error(`${way}: a device heard ${run.fewestFrames} frames in ${seconds} s`);
  }
  return run;
}

/** What the process says next; it may fail instead. */
async function answer(child: ChildProcess): Promise<unknown> {
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`a process of the measurement ended with ${code}`);
  });
  const [message] = await Promise.race([once(child, "message"), ended]);
  return message;
}

function asRun(cost: unknown, heard: unknown) {
  return { ...parse(Cost, cost), ...parse(Heard, heard) };
}

function show(sockets: number, runs: ReadonlyMap<string, readonly Run[]>): void {
  console.log(`\nB7, ${sockets} devices, medians of ${rounds} interleaved rounds of ${seconds} s:`);
  const of = (way: string, name: keyof Run): number =>
    median((runs.get(way) ?? []).map((run) => run[name]));
  for (const way of runs.keys()) {
    const ratio = of(way, "cpuPercent") / of("ws", "cpuPercent");
    console.log(
      `  ${way.padEnd(10)} ${of(way, "changesPerSecond")} changes/s  ` +
        `processor ${of(way, "cpuPercent")} % (${ratio.toFixed(2)} of raw ws)  ` +
        `${of(way, "rssMb")} MB  ${(of(way, "framesPerDevice") / seconds).toFixed(1)} frames/s  ` +
        `of ${of(way, "bytesPerFrame")} bytes  ` +
        `shown ${of(way, "staleP50")} ms old, 99 of 100 at most ${of(way, "staleP99")} ms`,
    );
  }
  keep("sync", `status-stream-${sockets}`, { versions, runs: Object.fromEntries(runs) });
}
