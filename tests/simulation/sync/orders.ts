// In which order answers come: one device whose tabs ask again and again, while each answer stands
// still until its tab wakes up. What was asked first may come last, after a reset, a purge, or
// everything that came since.
import type { Bug } from "./bugs.ts";
import { Device } from "./device.ts";
import { walkAlone } from "./one-device.ts";
import { administer, engineStep } from "./others.ts";
import { createWorld } from "./simulate.ts";
import { someone, type Person, type World } from "./world.ts";

const steps = 80;

/** How easily each tab wakes up: the first ones sleep long. */
const wakes = [0.05, 0.1, 0.1, 0.2, 0.4, 1] as const;

/** The first broken promise; null when all were kept. */
export async function simulateOrders(seed: number, bug: Bug | null): Promise<string | null> {
  const world = await createWorld(seed, bug);
  world.network.isFaulty = false;
  world.network.sleepiness = 1;
  return walkAlone(world, { steps, begin, takeStep });
}

async function begin(world: World): Promise<Person> {
  const first = someone(world);
  const { options } = first.device;
  const name = `${options.name} of many tabs`;
  const device = new Device({ ...options, name, tabs: wakes.length });
  const person = { ...first, device };
  world.people.push(person);
  // As after a start: every tab asks, and hears that it has to begin.
  for (const tab of device.tabs) await device.drive(tab, (core) => core.pullOnce());
  return person;
}

async function takeStep({ random, server, now }: World, { device }: Person): Promise<void> {
  const n = random.below(device.tabs.length);
  const tab = device.tabs[n] ?? null;
  const chosen = random.below(100);
  if (tab === null || chosen < 6) await engineStep(server);
  else if (chosen < 20) await administer(server);
  else if (chosen < 24) await server.store.sync.purge({ before: now });
  else if (tab.busy === null) await device.drive(tab, (core) => core.pullOnce());
  else if (random.chance(wakes[n] ?? 1)) await device.arrive(tab);
}
