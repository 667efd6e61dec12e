/**
 * B8: five thousand devices come back within ten seconds after an hour without a network: twenty
 * campaigns were sent meanwhile, others edited. Each pulls until it is at the head and says hello
 * on a socket, as the app does. Counted are the time until all are there, what the server's
 * processor and memory had to do with it, and what travelled.
 *
 * CouchDB, Electric and PowerSync are servers of their own, which npm does not install: not run.
 * Run: `npm run bench -- sync`, or `node tests/bench/sync/reconnect-storm.ts [CLIENTS] [ROUNDS]`.
 */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { number, object, parse, record, string } from "valibot";
import { keep, median } from "../../support/bench.ts";
import { startSettings } from "../../support/start-settings.ts";

const clients = Number(process.argv[2] ?? 5_000);
const rounds = Number(process.argv[3] ?? 3);
const campaigns = 1_000;
const withinSeconds = 10;
const wantedSeconds = 30;

const Ready = object({
  port: number(),
  epoch: string(),
  feeds: record(string(), object({ from: number() })),
});
const Cost = object({ cpuSeconds: number(), restMb: number(), peakMb: number() });
const Came = object({
  seconds: number(),
  p50: number(),
  p99: number(),
  turnedAway: number(),
  kbEach: number(),
});
type Run = Awaited<ReturnType<typeof measure>>;

const runs: Run[] = [];
for (let round = 1; round <= rounds; round++) runs.push(await measure());
show();

async function measure() {
  const { flags, env } = startSettings();
  const server = fork("tests/bench/sync/runs/storm-server.ts", [String(campaigns)], {
    execArgv: [...flags],
    env: { ...process.env, ...env },
  });
  const { port, epoch, feeds } = parse(Ready, await answer(server));
  const args = [port, clients, withinSeconds, epoch, JSON.stringify(feeds)].map(String);
  const devices = fork("tests/bench/sync/runs/storm-clients.ts", args);
  await answer(devices);
  server.send("begin");
  devices.send("begin");
  const came = parse(Came, await answer(devices));
  const cost = answer(server);
  server.send("end");
  return { ...came, ...parse(Cost, await cost) };
}

/** What the process says next; it may fail instead. */
async function answer(child: ChildProcess): Promise<unknown> {
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`a process of the measurement ended with ${code}`);
  });
  const [message] = await Promise.race([once(child, "message"), ended]);
  return message;
}

function show(): void {
  const of = (name: keyof Run): number => median(runs.map((run) => run[name]));
  console.log(
    `\nB8, ${clients} devices come back within ${withinSeconds} s after an hour, medians of ${rounds} rounds:`,
  );
  console.log(
    `  all at the head after ${of("seconds").toFixed(1)} s (wanted: less than ${wantedSeconds}), ` +
      `each after ${Math.round(of("p50"))} ms, 99 of 100 within ${Math.round(of("p99"))} ms; ` +
      `${of("kbEach").toFixed(1)} kB each; ${of("turnedAway")} asked to wait`,
  );
  console.log(
    `  server: ${of("cpuSeconds").toFixed(1)} s of processor, at most ${of("peakMb")} MB (${of("restMb")} at rest)`,
  );
  keep("sync", `reconnect-storm-${clients}`, { campaigns, withinSeconds, rounds, runs });
}
