// WebKitGTK's own small browser, driven by its WebDriver, on a screen that nobody sees.
import { spawn, type ChildProcess } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { until, type Browser, type Engine, type Tab } from "./engine.ts";

const driver = "/usr/bin/WebKitWebDriver";
const program = "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser";
const screen = "/usr/bin/Xvfb";

export const webkit: Engine = {
  name: "WebKit",
  packages: ["webkit2gtk-driver", "xvfb"],
  programs: [driver, program, screen],
  open,
};

const begun = v.object({
  value: v.object({
    sessionId: v.string(),
    capabilities: v.looseObject({ browserVersion: v.string() }),
  }),
});
const aHandle = v.object({ value: v.object({ handle: v.string() }) });
const handles = v.object({ value: v.array(v.string()) });
const aText = v.object({ value: v.string() });

type Ask = (method: "GET" | "POST" | "DELETE", path: string, body?: object) => Promise<unknown>;

async function open(): Promise<Browser> {
  const home = await mkdtemp(join(tmpdir(), "fieldcast-webkit-"));
  const display = `:${randomInt(100, 10_000)}`;
  const port = randomInt(20_000, 30_000);
  const shown = spawn(screen, [display, "-screen", "0", "1280x900x24", "-nolisten", "tcp"], quiet);
  const env = { ...process.env, DISPLAY: display, HOME: home, XDG_DATA_HOME: join(home, "data") };
  const driving = spawn(driver, [`--port=${port}`], { ...quiet, env });
  const ask = asking(`http://127.0.0.1:${port}`);
  await until("WebKit's driver", async () => (await ask("GET", "/status")) !== null);
  const browserOptions = { binary: program, args: ["--automation"] };
  const wanted = { alwaysMatch: { "webkitgtk:browserOptions": browserOptions } };
  const { value } = v.parse(begun, await ask("POST", "/session", { capabilities: wanted }));
  const session = `/session/${value.sessionId}`;
  let isFirst = true;
  return {
    version: value.capabilities.browserVersion,
    openTab: async () => {
      const [first] = v.parse(handles, await ask("GET", `${session}/window/handles`)).value;
      const isThere = isFirst && first !== undefined;
      isFirst = false;
      if (isThere) return aTab(ask, session, first);
      const made = await ask("POST", `${session}/window/new`, { type: "tab" });
      return aTab(ask, session, v.parse(aHandle, made).value.handle);
    },
    close: async () => {
      await ask("DELETE", session).catch(() => undefined);
      await ended(driving);
      await ended(shown);
      await rm(home, { recursive: true, force: true });
    },
  };
}

const quiet = { stdio: "ignore" } as const;

function aTab(ask: Ask, session: string, handle: string): Tab {
  const choose = () => ask("POST", `${session}/window`, { handle });
  return {
    go: async (url) => {
      await choose();
      await ask("POST", `${session}/url`, { url });
    },
    run: async (expression) => {
      await choose();
      const script = `const done = arguments[0];
        (async () => JSON.stringify((await (${expression})) ?? null))().then(done, String);`;
      const said = await ask("POST", `${session}/execute/async`, { script, args: [] });
      return JSON.parse(v.parse(aText, said).value);
    },
  };
}

function asking(base: string): Ask {
  return async (method, path, body) => {
    const answer = await fetch(`${base}${path}`, {
      method,
      ...(method === "POST" ? { body: JSON.stringify(body ?? {}) } : {}),
    });
    const said: unknown = await answer.json();
    if (!answer.ok) throw new Error(`${method} ${path}: ${JSON.stringify(said)}`);
    return said;
  };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}
