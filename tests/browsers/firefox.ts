// Firefox ESR as Debian has it, driven by its own WebDriver BiDi; no other program is needed.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { WebSocket } from "ws";
import type { Browser, Engine, Tab } from "./engine.ts";

const program = "/usr/bin/firefox-esr";

export const firefox: Engine = {
  name: "Firefox",
  packages: ["firefox-esr"],
  programs: [program],
  open,
};

const answer = v.looseObject({ id: v.number(), type: v.string() });
const created = v.object({ result: v.object({ context: v.string() }) });
const begun = v.object({
  result: v.object({ capabilities: v.looseObject({ browserVersion: v.string() }) }),
});
const evaluated = v.object({
  result: v.object({ type: v.literal("success"), result: v.object({ value: v.string() }) }),
});

async function open(): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), "fieldcast-firefox-"));
  const flags = ["--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0"];
  const child = spawn(program, flags, { stdio: ["ignore", "ignore", "pipe"] });
  const address = await new Promise<string>((resolve, reject) => {
    let said = "";
    child.once("exit", () => reject(new Error(`Firefox ended:\n${said}`)));
    child.stderr.on("data", (text: Buffer) => {
      said += text.toString();
      const found = /WebDriver BiDi listening on (ws:\/\/\S+)/.exec(said);
      if (found?.[1] !== undefined) resolve(found[1]);
    });
  });
  const line = await Line.open(`${address}/session`);
  const { result } = v.parse(begun, await line.ask("session.new", { capabilities: {} }));
  return {
    version: result.capabilities.browserVersion,
    openTab: async () => {
      const { result: tab } = v.parse(
        created,
        await line.ask("browsingContext.create", { type: "tab" }),
      );
      return aTab(line, tab.context);
    },
    close: async () => {
      line.close();
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
      await rm(profile, { recursive: true, force: true });
    },
  };
}

function aTab(line: Line, context: string): Tab {
  return {
    go: async (url) => {
      await line.ask("browsingContext.navigate", { context, url, wait: "complete" });
    },
    run: async (expression) => {
      const said = await line.ask("script.evaluate", {
        expression: `(async () => JSON.stringify((await (${expression})) ?? null))()`,
        target: { context },
        awaitPromise: true,
      });
      return JSON.parse(v.parse(evaluated, said).result.result.value);
    },
  };
}

/** Questions and answers over one socket. */
class Line {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (said: unknown) => void>();
  #asked = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data: Buffer) => {
      const said: unknown = JSON.parse(data.toString());
      if (!v.is(answer, said)) return;
      this.#waiting.get(said.id)?.(said);
      this.#waiting.delete(said.id);
    });
  }

  static async open(url: string): Promise<Line> {
    const socket = new WebSocket(url);
    await once(socket, "open");
    return new Line(socket);
  }

  async ask(method: string, params: object): Promise<unknown> {
    this.#asked += 1;
    const id = this.#asked;
    const said = await new Promise<unknown>((resolve) => {
      this.#waiting.set(id, resolve);
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
    const { type } = v.parse(answer, said);
    if (type !== "success") throw new Error(`${method}: ${JSON.stringify(said)}`);
    return said;
  }

  close(): void {
    this.#socket.terminate();
  }
}
