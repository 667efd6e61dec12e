// One seed, one world: devices, server, network and engine, driven step by step, checked after
// each. The same seed walks the same way, so a failure can be looked at again.
import type { Id } from "#domain/core/id.ts";
import type { Role } from "#domain/access/role.ts";
import { ana, ben, noon } from "../../support/campaigns.ts";
import { createRandom, type Random } from "../random.ts";
import { check, checkSettled, type Before } from "./checks.ts";
import { Device, type Tab } from "./device.ts";
import type { Network } from "./network.ts";
import { chooseAct } from "./people.ts";
import { SimServer } from "./server.ts";
import { Stream } from "./stream.ts";
import { Violation, type Bug } from "./violation.ts";

export interface SyncRun {
  readonly seed: number;
  readonly steps?: number;
  readonly bug?: Bug | null;
}

export interface SyncOutcome {
  readonly seed: number;
  /** Commands that people gave. */
  readonly commands: number;
  /** Of them refused or merged by the server. */
  readonly contested: number;
  /** The first broken promise, with the step that broke it; null when all were kept. */
  readonly violation: string | null;
}

const usualSteps = 100;

/** Rounds of saying and hearing within which everybody must agree once the faults are over. */
const maxRounds = 40;

export async function simulateSync({
  seed,
  steps = usualSteps,
  bug = null,
}: SyncRun): Promise<SyncOutcome> {
  const world = await createWorld(seed, bug);
  let at = "the start";
  try {
    for (let step = 1; step <= steps; step++) {
      at = `step ${step}`;
      at = `step ${step}, ${await takeStep(world)}`;
    }
    at = "the end";
    await settle(world);
    return outcomeOf(world, null);
  } catch (error) {
    if (!(error instanceof Violation)) throw new Error(`seed ${seed}, ${at}`, { cause: error });
    return outcomeOf(world, `${at}: ${error.message}`);
  } finally {
    await Promise.all(world.people.map(({ device }) => device.close()));
    await world.server.close();
  }
}

interface Person {
  readonly device: Device;
  readonly stream: Stream;
  before: Before | null;
}

interface World {
  readonly seed: number;
  readonly random: Random;
  readonly server: SimServer;
  readonly network: Network;
  readonly people: readonly Person[];
  now: number;
  /** Once in a run, and not in every run, the server is restored from a back-up. */
  mayRestore: boolean;
}

async function createWorld(seed: number, bug: Bug | null): Promise<World> {
  const random = createRandom(seed);
  const network: Network = { isFaulty: true, late: [] };
  const world: { now: number } = { now: noon };
  const clock = (): number => world.now;
  const server = new SimServer({ workspace: random.id(), random, clock, bug });
  await server.open();
  const person = (n: number, user: Id, role: Role, tabs: number): Person => {
    const name = `sim ${seed} ${bug} ${n}`;
    const actor = { user, role, access: { fieldMaySend: true } };
    const device = new Device({ name, actor, tabs, random, server, network, clock, bug });
    return { device, stream: new Stream(server, random, clock), before: null };
  };
  const people = [
    person(0, ana, "office", 3),
    person(1, ben, "field", 2),
    person(2, ana, "office", 2),
  ];
  return Object.assign(world, { seed, random, server, network, people, mayRestore: bug === null });
}

/** One thing happens somewhere; answers what. */
async function takeStep(world: World): Promise<string> {
  const { random, server, network } = world;
  world.now += random.below(2_000);
  const chosen = random.below(100);
  if (chosen < 12) {
    await server.engine();
    return "the engine";
  }
  if (chosen < 15) {
    await server.administer();
    return "an administrator";
  }
  if (chosen < 16) {
    await server.purge();
    return "a purge";
  }
  if (chosen < 17 && world.mayRestore) {
    world.mayRestore = false;
    await server.restore();
    return "a restore";
  }
  if (chosen < 22) {
    const late = network.late.splice(random.below(network.late.length + 1), 1);
    // Its device has given up long ago: whatever the answer is, nobody hears it.
    await Promise.all(late.map((request) => request().catch(rethrowViolation)));
    return "a late request";
  }
  const person = random.pickOr(world.people);
  if (person === null) return "nothing";
  const what = await move(world, person);
  person.before = await check(person.device, server, person.before);
  return `${person.device.options.name}: ${what}`;
}

function rethrowViolation(error: unknown): void {
  if (error instanceof Violation) throw error;
}

async function move(world: World, { device, stream }: Person): Promise<string> {
  const { random } = world;
  const tab = random.pickOr(device.tabs);
  const [leader] = device.tabs;
  if (tab === null || leader === undefined) return "nothing";
  const chosen = random.below(100);
  if (chosen < 28) return act(world, device, tab);
  if (chosen < 48) return go(device, tab, "push");
  if (chosen < 70) return go(device, tab, "pull");
  if (chosen < 85) {
    await stream.step(leader);
    return "the stream";
  }
  if (chosen < 93) {
    await device.arrive(tab);
    return "a held answer";
  }
  if (chosen < 95) {
    await device.takeBack(tab);
    return "takes back";
  }
  if (chosen < 96) {
    await device.dismiss(tab);
    return "reads a card";
  }
  stream.break(leader);
  if (tab.busy !== null || random.chance(0.3)) {
    device.crash();
    return "crashes";
  }
  const turns = random.below(30);
  await device.crashDuring(Promise.all(await begin(world, tab)), turns);
  return "crashes in the middle";
}

/** Something that is not waited for. */
async function begin({ random, now }: World, tab: Tab): Promise<Promise<unknown>[]> {
  const wanted = await chooseAct(tab.db, random, now);
  const chosen = random.below(3);
  if (chosen === 0 && wanted !== null) return [tab.core.write(wanted)];
  return [chosen === 1 ? tab.core.pushOnce() : tab.core.pullOnce()];
}

async function act(world: World, device: Device, tab: Tab): Promise<string> {
  const wanted = await chooseAct(tab.db, world.random, world.now);
  if (wanted === null) return "thinks";
  const isTaken = await device.act(tab, wanted);
  return `${wanted.name} ${isTaken ? "kept" : "refused at once"}`;
}

async function go(device: Device, tab: Tab, way: "push" | "pull"): Promise<string> {
  await device.drive(tab, (core) => (way === "push" ? core.pushOnce() : core.pullOnce()));
  return way;
}

/** The faults are over: what is under way arrives, and everybody says and hears everything. */
async function settle(world: World): Promise<void> {
  const { network, server, people } = world;
  network.isFaulty = false;
  server.heal();
  await Promise.all(network.late.splice(0).map((late) => late().catch(rethrowViolation)));
  for (const { device, stream } of people) {
    for (const tab of device.tabs) await device.arrive(tab);
    const [leader] = device.tabs;
    if (leader !== undefined) stream.break(leader);
  }
  // As the app does: pull, then push. What a restored server forgot is asked for by the first
  // push and said again by the second.
  for (const way of ["pull", "push", "push", "pull"] as const) {
    for (const person of people) await finish(world, person, way);
  }
  for (const { device } of people) await checkSettled(device, server);
}

async function finish(world: World, person: Person, way: "push" | "pull"): Promise<void> {
  const [tab] = person.device.tabs;
  if (tab === undefined) return;
  for (let round = 0; round < maxRounds; round++) {
    const step = way === "push" ? await tab.core.pushOnce() : await tab.core.pullOnce();
    person.before = await check(person.device, world.server, person.before);
    if (step.outcome === "idle") return;
  }
  throw new Violation("I17", `${way} did not come to an end in ${maxRounds} rounds`);
}

function outcomeOf({ seed, server, people }: World, violation: string | null): SyncOutcome {
  const verdicts = people.flatMap(({ device }) =>
    [...device.ledger.keys()].map((uid) => server.verdicts.get(uid)?.outcome ?? "none"),
  );
  const contested = verdicts.filter((each) => each === "rejected" || each === "merged").length;
  return { seed, commands: verdicts.length, contested, violation };
}
