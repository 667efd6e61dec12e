// Somebody follows the counters of what is being sent: a connection that lasts, over which almost
// every page tells only what changed (S51), beside pulls, breaks, crashes and purges.
import type { Bug } from "./bugs.ts";
import { walkAlone } from "./one-device.ts";
import { engineStep } from "./others.ts";
import { createWorld } from "./simulate.ts";
import { someone, type Person, type World } from "./world.ts";

const steps = 120;

/** The first broken promise; null when all were kept. */
export async function simulateFollowing(seed: number, bug: Bug | null): Promise<string | null> {
  const world = await createWorld(seed, bug);
  world.network.isFaulty = false;
  world.network.sleepiness = 0;
  return walkAlone(world, { steps, begin: async () => someone(world), takeStep });
}

async function takeStep(world: World, { device, stream }: Person): Promise<void> {
  const { random, server } = world;
  const [leader] = device.tabs;
  if (leader === undefined) return;
  const chosen = random.below(100);
  if (chosen < 25) await engineStep(server);
  else if (chosen < 92) await device.run(leader, () => stream.step(leader, 0.02));
  else if (chosen < 96) await device.drive(leader, (core) => core.pullOnce());
  else if (chosen < 98) await server.store.sync.purge({ before: world.now });
  else {
    stream.break(leader);
    device.crash();
  }
}
