/**
 * What an operator does without the browser. Every command works on DATA_DIR itself, so it runs
 * beside a running server as well as without one; the server sees what changed within seconds.
 */
import { randomBytes, randomUUIDv7 } from "node:crypto";
import { parseArgs } from "node:util";
import { roles } from "#domain/access/role.ts";
import { keyCreate, setUpRequest } from "#protocol/rest/access.ts";
import { id } from "#protocol/value.ts";
import * as v from "valibot";
import { hashApiKey, newApiKey } from "./access/api-key.ts";
import type { People } from "./access/people.ts";
import { createWorkspace } from "./access/workspace.ts";
import { readConfig, type Config } from "./config.ts";
import { fillDemo } from "./demo/demo.ts";
import { createLog } from "./log.ts";
import {
  databasePath,
  openPeopleOf,
  prepareDataDir,
  providerFolders,
  startProblem,
} from "./open.ts";
import { bounce } from "./operator/bounce.ts";
import { backup, deadLetters, doctor, restore } from "./operator/commands.ts";
import { hint, Misuse, Refusal, say } from "./operator/terminal.ts";
import { loadProviders } from "./providers/all.ts";
import { openSecret } from "./providers/secrets.ts";
import { openInlineStore } from "./store/sqlite/inline.ts";
import type { Store } from "./store/store.ts";

const usage = `Usage: npm run cli -- COMMAND

  setup --workspace NAME --email E --password P [--name N]
        make a workspace and its first administrator
  demo  make a workspace with made-up contacts and campaigns, and print how to sign in
  key create --workspace NAME --role ROLE --name N
        make an API key and print it, once (roles: ${roles.join(", ")})
  doctor
        recount every counter and check every invariant; prints ok or what differs
  dead-letters
        receipts of providers that match no message: those tried again, and those given up
  bounce ACCOUNT_ID < MAIL
        hand a mail that came back to the running server; for a mail server to pipe into
  backup FILE [--over]
        copy everything into one file (or, into a folder, a file named by the time), beside the
        running server; keep it as safe as the data itself, as it holds the server's secret
  restore FILE [--over]
        put a back-up into DATA_DIR while no server runs; afterwards running campaigns are paused
        and planned ones wait for a date, until a person decides. --over: put aside what is there
  restore --here
        say that DATA_DIR itself came from a copy (a snapshot of the disk): the same is done

Works on the data in DATA_DIR (now: %DATA_DIR%), whether the server runs or not.
`;

const accountOfBounce = v.object({ id });

const whereHelpIs = "All commands: npm run cli -- help";

/** What follows `--`: its words, or "" for one that takes none. */
type Options = Readonly<Record<string, string>>;

/** Runs one command; answers the exit status: 0 done, 1 not done, 2 wrongly asked. */
export async function runCommandLine(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const config = readConfig(environment);
  if (!config.ok) return complain(config.error, 2);
  try {
    return await run(args, config.value);
  } catch (error) {
    if (error instanceof Misuse) return complain(`${error.message} ${whereHelpIs}`, 2);
    if (error instanceof Refusal) return complain(error.message, 1);
    return complain(startProblem(error, config.value), 1);
  }
}

async function run(args: readonly string[], config: Config): Promise<number> {
  const { words, options } = parse(args);
  const [first = "", second, ...more] = words;
  if (first === "backup" && second !== undefined && more.length === 0) {
    return backup(config, second, takeOptions(options, [], ["over"]));
  }
  if (first === "bounce" && second !== undefined && more.length === 0) {
    takeOptions(options, [], []);
    return bounce(config, check(accountOfBounce, { id: second }).id);
  }
  if (first === "restore" && more.length === 0) {
    return restore(config, second, takeOptions(options, [], ["over", "here"]));
  }
  switch (words.join(" ")) {
    case "setup":
      return setUp(config, takeOptions(options, ["workspace", "email", "password"], ["name"]));
    case "key create":
      return createKey(config, takeOptions(options, ["workspace", "role", "name"], []));
    case "demo":
      takeOptions(options, [], []);
      return demo(config);
    case "doctor":
      takeOptions(options, [], []);
      return doctor(config);
    case "dead-letters":
      takeOptions(options, [], []);
      return deadLetters(config);
    case "backup":
      throw new Misuse("Missing: the file to write, as in backup /safe/place/fieldcast.backup");
    case "":
    case "help":
      process.stdout.write(help(config));
      return 0;
    default:
      throw new Misuse(`There is no command "${words.join(" ")}".`);
  }
}

function parse(args: readonly string[]): { readonly words: readonly string[]; options: Options } {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        workspace: text,
        email: text,
        password: text,
        name: text,
        role: text,
        over: flag,
        here: flag,
        help: { type: "boolean", short: "h" },
      },
    });
    const { help: isHelp, ...given } = values;
    const options = Object.entries(given).map(([name, value]) => [
      name,
      value === true ? "" : value,
    ]);
    return {
      words: isHelp === true ? ["help"] : positionals,
      options: Object.fromEntries(options),
    };
  } catch (error) {
    throw new Misuse(error instanceof Error ? error.message : String(error));
  }
}

function takeOptions(
  options: Options,
  needed: readonly string[],
  optional: readonly string[],
): Options {
  const missing = needed.filter((name) => options[name] === undefined);
  if (missing.length > 0) {
    throw new Misuse(`Missing: ${missing.map((name) => `--${name}`).join(", ")}.`);
  }
  const known = new Set([...needed, ...optional]);
  const strange = Object.keys(options).filter((name) => !known.has(name));
  if (strange.length > 0) throw new Misuse(`--${strange[0]} does not belong to this command.`);
  return options;
}

/** What was given, checked by the schema that the API checks the same thing with. */
function check<T>(schema: v.GenericSchema<unknown, T>, given: unknown): T {
  const parsed = v.safeParse(schema, given);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new Misuse(`--${v.getDotPath(issue) ?? ""} ${issue.message}.`);
}

interface Opened {
  readonly store: Store;
  readonly people: People;
}

async function withData<T>(config: Config, work: (opened: Opened) => Promise<T>): Promise<T> {
  prepareDataDir(config);
  const store = openInlineStore(databasePath(config));
  const people = await openPeopleOf(config);
  try {
    return await work({ store, people });
  } finally {
    people.close();
    await store.close();
  }
}

function setUp(config: Config, options: Options): Promise<number> {
  const wish = check(setUpRequest, { name: options["email"]?.split("@")[0], ...options });
  return withData(config, async ({ store, people }) => {
    const known = await people.byEmail(wish.email);
    const standing = known === null ? null : await store.access.standingOf({ user: known.id });
    if (standing !== null) {
      say(
        `${wish.email} is a member of "${standing.workspace.name}" already; nothing was changed.`,
      );
      return 0;
    }
    await checkNameIsFree(store, wish.workspace);
    const deps = { store, people, clock: Date.now };
    const made = await createWorkspace(deps, { ...wish, onlyFirst: false });
    if (!made.ok) {
      throw new Refusal(
        made.error.why === "password"
          ? `The password ${made.error.words}.`
          : `${wish.email} cannot be added.`,
      );
    }
    say(`Made the workspace "${wish.workspace}" with its administrator ${wish.email}.`);
    say(`Sign in at ${config.publicUrl}`);
    return 0;
  });
}

async function checkNameIsFree(store: Store, name: string): Promise<void> {
  const workspaces = await store.access.workspaces({});
  if (!workspaces.some((each) => each.name === name)) return;
  throw new Refusal(
    `There is a workspace "${name}" already: ask its administrator to add you, or take another name.`,
  );
}

const newId = (): string => randomUUIDv7();
const demoPerson = { name: "Dana Demo", email: "demo@example.com" };

function demo(config: Config): Promise<number> {
  return withData(config, async ({ store, people }) => {
    if ((await people.byEmail(demoPerson.email)) !== null) {
      say(`The demo workspace is there already: sign in as ${demoPerson.email}.`);
      hint("Its password was printed when it was made; nothing was changed.");
      return 0;
    }
    const password = randomBytes(9).toString("base64url");
    const clock = Date.now;
    const wish = { ...demoPerson, password, workspace: "Harbour Outfitters", onlyFirst: false };
    const made = await createWorkspace({ store, people, clock }, wish);
    if (!made.ok) throw new Refusal("The demo's administrator cannot be added.");
    const secret = openSecret(config.dataDir);
    const providers = await loadProviders(providerFolders(config));
    const log = createLog("silent");
    const deps = { config, log, store, people, providers, secret, clock, newId };
    await fillDemo(deps, made.value);
    say(`Made the demo workspace "${made.value.workspace.name}".`);
    say(`Sign in at ${config.publicUrl} as ${demoPerson.email} with the password ${password}`);
    hint("One campaign is being sent through the sandbox: it goes on while the server runs.");
    return 0;
  });
}

function createKey(config: Config, options: Options): Promise<number> {
  const { workspace: workspaceName, ...rest } = options;
  const wish = check(keyCreate, rest);
  return withData(config, async ({ store }) => {
    const workspaces = await store.access.workspaces({});
    const workspace = workspaces.find(({ name }) => name === workspaceName);
    if (workspace === undefined) {
      const names = workspaces.map(({ name }) => `"${name}"`).join(", ");
      throw new Refusal(
        `There is no workspace "${workspaceName}". ${names === "" ? "Run setup first." : `There is: ${names}.`}`,
      );
    }
    const key = newApiKey();
    const facts = { id: randomUUIDv7(), workspace: workspace.id, ...wish };
    const times = { createdAt: Date.now(), lastUsedAt: null, revokedAt: null };
    await store.access.addKey({ key: { ...facts, ...times }, hash: hashApiKey(key), by: "" });
    say(key);
    hint(`Keep it: it is not shown again. Send it as "Authorization: Bearer ${key.slice(0, 6)}…".`);
    return 0;
  });
}

function help({ dataDir }: Config): string {
  return usage.replace("%DATA_DIR%", dataDir);
}

function complain(words: string, status: number): number {
  process.stderr.write(`${words}\n`);
  return status;
}
