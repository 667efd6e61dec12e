/** The measurements' provider, started as a process of its own. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { number, object, parse, string, type InferOutput } from "valibot";

const Facts = object({
  count: number(),
  reported: number(),
  spanMs: number(),
  /** Where the last message was to be reported. */
  callbackUrl: string(),
});

export interface ProviderProcess {
  readonly url: string;
  /** What it did so far. */
  facts(): Promise<InferOutput<typeof Facts>>;
  stop(): Promise<void>;
}

export async function openProvider(isSilent = false): Promise<ProviderProcess> {
  const args = ["tests/bench/delivery/runs/http-provider.ts", isSilent ? "silent" : "reports"];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const [said] = await once(child.stdout, "data");
  const url = `http://127.0.0.1:${Number(String(said))}`;
  return {
    url,
    facts: async () => parse(Facts, await (await fetch(url)).json()),
    stop: async () => {
      const ended = once(child, "exit");
      child.kill();
      await ended;
    },
  };
}
