// One seed, one world: devices, server, network and engine, driven step by step, checked after
// each. The same seed walks the same way, so a failure can be looked at again.
import type { Role } from "#domain/access/role.ts";
import type { Id } from "#domain/core/id.ts";
import { ana, ben, noon } from "../../support/campaigns.ts";
import { createRandom } from "../random.ts";
import type { Bug } from "./bugs.ts";
import { makeEngineCheap } from "./cheap-engine.ts";
import { check, checkSettled } from "./checks.ts";
import { Device } from "./device.ts";
import { befall } from "./fates.ts";
import { move } from "./moves.ts";
import type { Network } from "./network.ts";
import { administer, engineStep, stir } from "./others.ts";
import { SimServer } from "./server.ts";
import { Stream } from "./stream.ts";
import { Violation } from "./violation.ts";
import type { Person, World } from "./world.ts";

export interface SyncRun {
  readonly seed: number;
  readonly steps?: number;
  readonly bug?: Bug | null;
  /** Hears what happened, step by step. */
  readonly onStep?: (what: string) => void;
}

export interface SyncOutcome {
  readonly seed: number;
  /** Commands that people gave. */
  readonly commands: number;
  /** Of them refused or merged by the server. */
  readonly contested: number;
  /** Tabs that died in the middle of something. */
  readonly deaths: number;
  /** The first broken promise, with the step that broke it; null when all were kept. */
  readonly violation: string | null;
}

const usualSteps = 100;

/** Rounds of saying and hearing within which everybody must agree once the faults are over. */
const maxRounds = 40;

makeEngineCheap();

export async function simulateSync({
  seed,
  steps = usualSteps,
  bug = null,
  onStep,
}: SyncRun): Promise<SyncOutcome> {
  const world = await createWorld(seed, bug);
  let at = "the start";
  try {
    for (let step = 1; step <= steps; step++) {
      at = `step ${step}`;
      at = `step ${step}, ${await takeStep(world)}`;
      onStep?.(at);
    }
    at = "the end";
    await settle(world);
    return outcomeOf(world, null);
  } catch (error) {
    if (!(error instanceof Violation)) throw new Error(`SEED=${seed}, ${at}`, { cause: error });
    return outcomeOf(world, `${at}: ${error.message}`);
  } finally {
    await endWorld(world);
  }
}

export async function endWorld({ people, server }: World): Promise<void> {
  await Promise.all(people.map(({ device }) => device.close()));
  await server.close();
}

/** Devices, server and network before anything happened. */
export async function createWorld(seed: number, bug: Bug | null): Promise<World> {
  const random = createRandom(seed);
  // In a fifth of all worlds tabs sleep so often that answers of long ago come late.
  const sleepiness = seed % 5 === 4 ? 0.5 : 0.25;
  const network: Network = { isFaulty: true, sleepiness, late: [] };
  const time: { now: number } = { now: noon };
  const clock = (): number => time.now;
  const server = await SimServer.open({
    workspace: random.id(),
    users: [ana, ben],
    // A third of all worlds know devices by their numbers alone, as servers once did.
    knowsDevices: seed % 3 !== 0,
    stir,
    random,
    clock,
    bug,
  });
  const person = (n: number, user: Id, role: Role, tabs: number): Person => {
    const name = `sim ${seed} ${bug} ${n}`;
    const actor = { user, role, access: { fieldMaySend: true } };
    const device = new Device({ name, actor, tabs, random, server, network, clock, bug });
    return { device, stream: new Stream(server, user, random, clock), before: null };
  };
  const people = [
    person(0, ana, "office", 3),
    person(1, ben, "field", 2),
    person(2, ana, "office", 2),
  ];
  // Half of all worlds know a restore; the others know long journeys.
  const restores = seed % 2;
  return Object.assign(time, {
    seed,
    random,
    server,
    network,
    people,
    restores,
    files: [],
    deaths: 0,
    hasRevoked: false,
  });
}

/** One thing happens somewhere; answers what. */
async function takeStep(world: World): Promise<string> {
  const { random, server, network } = world;
  world.now += random.below(2_000);
  const chosen = random.below(100);
  if (chosen < 12) {
    await engineStep(server);
    return "the engine";
  }
  if (chosen < 15) {
    await administer(server);
    return "an administrator";
  }
  if (chosen < 18) {
    const before = world.now - random.below(30_000);
    await server.store.sync.purge({ before });
    return "a purge";
  }
  if (chosen < 21) return saveOrRestore(world);
  if (chosen < 26) return befall(world);
  if (chosen < 30) {
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

async function saveOrRestore(world: World): Promise<string> {
  const { random, server } = world;
  if (world.restores === 0) return "nothing";
  if (!server.hasBackup || random.chance(0.3)) {
    server.backUp();
    return "a back-up";
  }
  await server.restore();
  world.restores -= 1;
  return "a restore";
}

function rethrowViolation(error: unknown): void {
  if (error instanceof Violation) throw error;
}

/** The faults are over: what is under way arrives, and everybody says and hears everything. */
export async function settle(world: World): Promise<void> {
  const { network, server, people } = world;
  network.isFaulty = false;
  server.isBusy = false;
  server.left.clear();
  await server.restart();
  await Promise.all(network.late.splice(0).map((late) => late().catch(rethrowViolation)));
  for (const { device, stream } of people) {
    device.isAway = false;
    for (const tab of device.tabs) {
      // A tab may stand still more than once.
      while (tab.release !== null) await device.arrive(tab);
    }
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
    if (person.device.isOver) return;
    const step = way === "push" ? await tab.core.pushOnce() : await tab.core.pullOnce();
    person.before = await check(person.device, world.server, person.before);
    if (step.outcome === "idle") return;
  }
  throw new Violation("I17", `${way} did not come to an end in ${maxRounds} rounds`);
}

function outcomeOf({ seed, server, people, deaths }: World, violation: string | null): SyncOutcome {
  const verdicts = people.flatMap(({ device }) =>
    [...device.ledger.keys()].map((uid) => server.books.verdicts.get(uid)?.outcome ?? "none"),
  );
  const contested = verdicts.filter((each) => each === "rejected" || each === "merged").length;
  return { seed, commands: verdicts.length, contested, deaths, violation };
}
