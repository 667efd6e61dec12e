// One short story, told again and again: each time somebody dies at the next call of its database,
// its network or its storage, until every such place was tried. What is promised must hold after
// each step, and in the end everybody agrees.
import type { Act } from "#domain/sync/command.ts";
import { noon } from "../../support/campaigns.ts";
import { check } from "./checks.ts";
import { createWorld, endWorld, settle } from "./simulate.ts";
import { Violation } from "./violation.ts";
import type { Person, World } from "./world.ts";

export type Mortal = "tab" | "server";

export interface Told {
  /** Places at which the mortal could have died. */
  readonly places: number;
  readonly violation: string | null;
}

/** `place`: the call at which it dies; null: nobody dies. */
export async function tellStory(mortal: Mortal, place: number | null): Promise<Told> {
  const world = await createWorld(1, null);
  world.network.isFaulty = false;
  let at = "the beginning";
  try {
    const [ana, ben] = world.people;
    if (ana === undefined || ben === undefined) throw new Error("the story has two people");
    const [first] = ana.device.tabs;
    if (first === undefined) throw new Error("a device has a tab");
    if (mortal === "tab") first.life.dieAfter(place);
    else if (place !== null) world.server.dieAfter(place);
    const before = world.server.calls;
    for (const [name, step] of Object.entries(story)) {
      at = name;
      await tellStep(world, ana, () => step({ world, ana, ben }));
    }
    const places = mortal === "tab" ? first.life.taken : world.server.calls - before;
    at = "the end";
    await settle(world);
    return { places, violation: null };
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    const violation = `the ${mortal} dies at call ${place}; ${at}: ${error.message}`;
    return { places: 0, violation };
  } finally {
    await endWorld(world);
  }
}

interface Cast {
  readonly world: World;
  readonly ana: Person;
  readonly ben: Person;
}

async function tellStep(world: World, ana: Person, step: () => Promise<void>): Promise<void> {
  world.now += 1_000;
  await step();
  await world.server.restart();
  ana.device.bury();
  ana.before = await check(ana.device, world.server, ana.before);
}

const one = "00000000-0000-7000-9000-000000000001";
const other = "00000000-0000-7000-9000-000000000002";

/** What Ana's device goes through; Ben's is there to come first. */
const story: Readonly<Record<string, (cast: Cast) => Promise<void>>> = {
  "she hears all": ({ ana }) => hearAll(ana),
  "she makes one": ({ ana }) => does(ana, creation(one, "one")),
  "she makes another": ({ ana }) => does(ana, creation(other, "other")),
  "she names it": ({ ana }) => does(ana, naming(one, "one", "mine")),
  "she says it": ({ ana }) => say(ana, "push"),
  "she hears it": ({ ana }) => hearAll(ana),
  "a back-up": async ({ world }) => world.server.backUp(),
  "he changes both": ({ ana, ben }) => benChanges(ana, ben),
  "she names it again": ({ ana }) => does(ana, naming(one, "mine", "mine again")),
  "she names what is gone": ({ ana }) => does(ana, naming(other, "other", "too late")),
  "she hears the verdicts": ({ ana }) => say(ana, "push"),
  "what was removed is purged": async ({ world }) => {
    await world.server.store.sync.purge({ before: noon * 2 });
  },
  "she starts again": ({ ana }) => hearAll(ana),
  "the server is restored": ({ world }) => world.server.restore(),
  "she names it once more": ({ ana }) => does(ana, naming(one, "mine again", "at last")),
  "she is told of another history": ({ ana }) => say(ana, "push"),
  "she hears it all anew": ({ ana }) => hearAll(ana),
};

async function benChanges(_: Person, { device }: Person): Promise<void> {
  const [tab] = device.tabs;
  if (tab === undefined) return;
  for (let page = 0; page < 8; page++) await tab.core.pullOnce();
  await tab.core.write(naming(one, "mine", "his"));
  await tab.core.write({ name: "campaign.delete", args: { id: other } });
  await device.look();
  await tab.core.pushOnce();
}

async function does({ device }: Person, act: Act): Promise<void> {
  const [tab] = device.tabs;
  if (tab !== undefined) await device.act(tab, act);
}

async function say({ device }: Person, way: "push" | "pull"): Promise<void> {
  const [tab] = device.tabs;
  if (tab === undefined) return;
  await device.run(tab, ({ core }) => (way === "push" ? core.pushOnce() : core.pullOnce()));
}

async function hearAll({ device }: Person): Promise<void> {
  const [tab] = device.tabs;
  if (tab === undefined) return;
  await device.run(tab, async ({ core }) => {
    for (let page = 0; page < 12; page++) {
      if ((await core.pullOnce()).outcome !== "more") return;
    }
  });
}

function creation(id: string, name: string): Act {
  const content = { subject: "", text: "Hello", html: "" };
  const rest = { content, audienceId: null, accountId: null };
  return { name: "campaign.create", args: { id, type: "sms", name, ...rest } };
}

function naming(id: string, was: string, set: string): Act {
  return { name: "campaign.edit", args: { id, name: { was, set } } };
}
