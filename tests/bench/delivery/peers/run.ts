/**
 * One run of one peer, in a process of its own, which has done some before:
 * `node run.ts NAME FOLDER PORT MESSAGES WARM_UP`. Prints JSON.
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { peers } from "./peers.ts";

const [name = "", folder = "", port = "", messages = "", warmUp = ""] = process.argv.slice(2);
const peer = peers.find((each) => each.name === name);
if (peer === undefined) throw new Error(`there is no peer ${name}`);
const load = createRequire(join(folder, "package.json"));
const at = { load, port: Number(port) };
await peer.run({ ...at, name: "before", messages: Number(warmUp) });
const work = { ...at, name: "messages", messages: Number(messages) };
const ms = await peer.run(work);
console.log(
  JSON.stringify({
    messages: work.messages,
    perSecond: Math.round((work.messages * 1_000) / ms),
    peakRssMb: Math.round(process.resourceUsage().maxRSS / 1_024),
  }),
);
// Some leave timers behind.
process.exit(0);
