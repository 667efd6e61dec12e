/** One run of one peer, in a process of its own: `node run.ts NAME FOLDER PORT MESSAGES`. Prints JSON. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { peers } from "./peers.ts";

const [name = "", folder = "", port = "", messages = ""] = process.argv.slice(2);
const peer = peers.find((each) => each.name === name);
if (peer === undefined) throw new Error(`there is no peer ${name}`);
const load = createRequire(join(folder, "package.json"));
const work = { load, port: Number(port), messages: Number(messages) };
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
