// What a person, or the app in their hands, does next on a device.
import type { Device, Tab } from "./device.ts";
import { chooseAct, standAct } from "./people.ts";
import type { Person, World } from "./world.ts";

/** A tab that dies does so within so many calls of its database and the network. */
const stepsOfOneMove = 60;

/** Answers what was done; now and then the tab dies at some call of it. */
export async function move(world: World, person: Person): Promise<string> {
  const { random } = world;
  const { device, stream } = person;
  const tab = random.pickOr(device.tabs);
  const [leader] = device.tabs;
  if (tab === null || leader === undefined) return "nothing";
  if (random.chance(0.02)) {
    stream.break(leader);
    device.crash();
    return "the browser crashes";
  }
  const isDoomed = random.chance(0.08);
  if (isDoomed) tab.life.dieAfter(random.below(stepsOfOneMove));
  const what = await oneMove(world, person, { tab, leader });
  tab.life.dieAfter(null);
  if (leader.life.isDead) stream.break(leader);
  if (!device.bury()) return what;
  world.deaths += 1;
  return `${what}, where the tab dies`;
}

interface Tabs {
  readonly tab: Tab;
  readonly leader: Tab;
}

async function oneMove(world: World, person: Person, { tab, leader }: Tabs): Promise<string> {
  const { device, stream } = person;
  const chosen = world.random.below(100);
  if (chosen < 30) return act(world, device, tab);
  if (chosen < 52) {
    await device.drive(tab, (core) => core.pushOnce());
    return "push";
  }
  if (chosen < 75) {
    await device.drive(tab, (core) => core.pullOnce());
    return "pull";
  }
  if (chosen < 90) {
    // A page that has ended opens no connection any more.
    if (!device.isOver) await device.run(leader, () => stream.step(leader));
    return "the stream";
  }
  if (chosen < 97) {
    await device.arrive(tab);
    return "what stood still goes on";
  }
  if (chosen < 99) {
    await device.takeBack(tab);
    return "takes back";
  }
  await device.dismiss(tab);
  return "reads a card";
}

async function act(world: World, device: Device, tab: Tab): Promise<string> {
  const { shown, people } = await device.look();
  const { actor } = device.options;
  const wanted = world.random.chance(0.12)
    ? standAct(people, actor.user, world.random)
    : chooseAct(shown, world.random, world.now);
  if (wanted === null) return "thinks";
  const isTaken = await device.act(tab, wanted);
  return `${wanted.name} ${isTaken ? "kept" : "refused at once"}`;
}
