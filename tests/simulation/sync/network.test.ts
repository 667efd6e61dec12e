// What the simulated way to the server may do, and what no real one does.
import "fake-indexeddb/auto";
import { afterEach, expect, test } from "vitest";
import type { Write } from "#domain/sync/decision.ts";
import type { PullReply } from "#protocol/down.ts";
import type { PullRequest } from "#protocol/up.ts";
import { anAudience, anId } from "../../support/campaigns.ts";
import type { Tab } from "./device.ts";
import { Lifeline } from "./lifeline.ts";
import { createTransport } from "./network.ts";
import { createWorld, endWorld } from "./simulate.ts";
import { someone, type Person, type World } from "./world.ts";

let world: World | null = null;

afterEach(async () => {
  if (world !== null) await endWorld(world);
});

/** A world without faults whose server knows devices, and a device that was reset. */
async function calmWorld(): Promise<Calm> {
  world = await createWorld(1, null);
  world.network.isFaulty = false;
  world.network.sleepiness = 0;
  const person = someone(world);
  // More than one page has.
  await world.server.write(audiences(20));
  const [tab] = person.device.tabs;
  if (tab === undefined) throw new Error("a device without tabs");
  await tab.core.pullOnce();
  const { t: _hello, ...request } = await tab.core.hello();
  return { world, person, tab, request };
}

interface Calm {
  readonly world: World;
  readonly person: Person;
  readonly tab: Tab;
  /** Where the device stands. */
  readonly request: PullRequest;
}

/** The answer to a pull, in the middle of which something happens. */
async function pulledWhile(
  { world: { server, network, random }, person, tab, request }: Calm,
  happens: () => Promise<unknown>,
) {
  const { actor } = person.device.options;
  const pages: PullReply[] = [];
  const transport = createTransport({
    network,
    server,
    actor,
    random: { ...random, chance: () => false },
    life: new Lifeline(),
    isAway: () => false,
    onHold: () => undefined,
    onRevoked: () => {
      tab.isTold = true;
    },
  });
  const answer = await transport.pull(request, async (page) => {
    pages.push(page);
    if (pages.length === 1) await happens();
  });
  return { answer, pages };
}

test("[S35] [S57] an answer breaks off where its device was revoked, and the next one says why", async () => {
  const calm = await calmWorld();
  const { server } = calm.world;
  const revoke = () => server.revoke(calm.request.client);
  const { answer, pages } = await pulledWhile(calm, revoke);
  expect(pages).toHaveLength(1);
  expect(answer).toMatchObject({ ok: false, error: { kind: "unreachable" } });
  expect(calm.tab.isTold).toBe(false);
  const { answer: next } = await pulledWhile(calm, revoke);
  expect(next).toMatchObject({ ok: false, error: { kind: "revoked" } });
  expect(calm.tab.isTold).toBe(true);
});

test("[S21] [S57] an answer ends with the process that it is of", async () => {
  const calm = await calmWorld();
  const { server } = calm.world;
  server.backUp();
  const { answer, pages } = await pulledWhile(calm, () => server.restore());
  expect(pages).toHaveLength(1);
  expect(answer).toMatchObject({ ok: false, error: { kind: "unreachable" } });
});

test("[S21] [S25] no page of a restored server comes through a connection of before", async () => {
  const { world: calm, person, tab } = await calmWorld();
  const { server } = calm;
  const step = async (): Promise<void> => {
    calm.now += 1_000;
    await person.stream.step(tab, 0);
  };
  for (let n = 0; n < 40; n++) await step();
  const { epochNow } = server;
  server.backUp();
  await server.restore();
  await server.write(audiences(2));
  const heard: (string | null)[] = [];
  const receive = tab.core.receive.bind(tab.core);
  tab.core.receive = (down) => {
    heard.push("epoch" in down ? down.epoch : null);
    return receive(down);
  };
  for (let n = 0; n < 20; n++) await step();
  expect(new Set(heard)).toEqual(new Set([server.epochNow]));
  expect(server.epochNow).not.toBe(epochNow);
});

/** So many rows of one feed. */
function audiences(count: number): readonly Write[] {
  return Array.from({ length: count }, (_, n) => {
    const doc = anAudience({ id: anId(0xa00 + n), rev: 1 });
    return { kind: "audience", id: doc.id, doc };
  });
}
