// A world in which one device does everything, checked after each step.
import { check } from "./checks.ts";
import { endWorld } from "./simulate.ts";
import { Violation } from "./violation.ts";
import type { Person, World } from "./world.ts";

export interface Walk {
  readonly steps: number;
  /** Whose device it is; what it does before the first step. */
  readonly begin: (world: World) => Promise<Person>;
  readonly takeStep: (world: World, person: Person) => Promise<void>;
}

/** The first broken promise; null when all were kept. Ends the world. */
export async function walkAlone(
  world: World,
  { steps, begin, takeStep }: Walk,
): Promise<string | null> {
  let at = 0;
  try {
    const person = await begin(world);
    for (at = 1; at <= steps; at++) {
      world.now += 1_000;
      await takeStep(world, person);
      person.before = await check(person.device, world.server, person.before);
    }
    return null;
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    return `step ${at}: ${error.message}`;
  } finally {
    await endWorld(world);
  }
}
