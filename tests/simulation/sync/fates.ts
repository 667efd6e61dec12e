// What befalls a device now and then: it is cloned, upgraded, taken on a journey, its clock is
// set, its unsent work is carried to another device, its person loses a right or all of them.
import { dayMs } from "#domain/core/time.ts";
import { kinds } from "#domain/sync/document.ts";
import { collectWork, noteCopied, takeWork } from "#lib/db/carried.ts";
import type { ClientDb } from "#lib/db/client-db.ts";
import { rebase } from "#lib/db/outbox.ts";
import { atZero, loadMeta, saveMeta } from "#lib/db/sync-meta.ts";
import { carriedWork } from "#protocol/carry.ts";
import * as v from "valibot";
import { Device } from "./device.ts";
import { Stream } from "./stream.ts";
import type { Person, World } from "./world.ts";

const maxPeople = 4;

/** Something rare happens to somebody; answers what. */
export async function befall(world: World): Promise<string> {
  const { random } = world;
  const person = random.pickOr(world.people);
  if (person === null) return "nothing";
  const { name } = person.device.options;
  if (person.device.isOver) return `${name}: ${await beginAnew(world, person)}`;
  const fate = random.pick(fates);
  return `${name}: ${await fate(world, person)}`;
}

const fates = [
  clone,
  upgrade,
  travel,
  travel,
  setClock,
  save,
  takeIn,
  takeIn,
  judge,
  revoke,
  oldApp,
  oldApp,
] as const;

/** An administrator signs the device out, once in a world; it may hear of it much later. */
async function revoke(world: World, { device }: Person): Promise<string> {
  const { server } = world;
  if (world.hasRevoked || !server.options.knowsDevices) return "nothing";
  const { meta } = await device.look();
  world.hasRevoked = await server.revoke(meta.client);
  return world.hasRevoked ? "is revoked" : "was never heard of";
}

/** What was revoked keeps nothing; sooner or later somebody signs in on it again. */
async function beginAnew({ random }: World, person: Person): Promise<string> {
  const { device, stream } = person;
  const [leader] = device.tabs;
  if (leader === undefined || random.chance(0.5)) return "is left alone";
  stream.break(leader);
  await device.beginAnew();
  person.before = null;
  return "begins anew";
}

/** What waits was written by an app of before, in the first version of its words (I16). */
async function oldApp({ random, server }: World, { device }: Person): Promise<string> {
  const { outbox } = await device.look();
  const waiting = outbox.filter(({ state, act }) => state === "waiting" && !("sealed" in act.args));
  const command = random.pickOr(waiting);
  if (command === null) return "has nothing to say";
  const { mid, uid, act } = command;
  await device.disk.outbox.update(mid, { v: 1 });
  server.meant.set(uid, act);
  return `${act.name} was written by an old app`;
}

/** The whole profile is copied to another machine: two devices think that they are one. */
async function clone(world: World, { device }: Person): Promise<string> {
  if (world.people.length >= maxPeople) return "nothing";
  const { server, random } = world;
  const { ledger, discarded, dismissed, askedAgain, options } = device;
  await device.look();
  const twin = new Device({ ...options, name: `${options.name} clone`, tabs: 1 });
  await copyDisk(device.disk, twin.disk);
  for (const [uid, act] of ledger) twin.ledger.set(uid, act);
  for (const uid of discarded) twin.discarded.add(uid);
  for (const [uid, told] of dismissed) twin.dismissed.set(uid, told);
  for (const id of askedAgain) twin.askedAgain.add(id);
  const stream = new Stream(server, options.actor.user, random, options.clock);
  world.people.push({ device: twin, stream, before: null });
  return "is cloned";
}

async function copyDisk(from: ClientDb, to: ClientDb): Promise<void> {
  const rows = await from.transaction("r", from.tables, () =>
    Promise.all(
      from.tables.map(async (table) => ({ name: table.name, all: await table.toArray() })),
    ),
  );
  await to.transaction("rw", to.tables, async () => {
    for (const { name, all } of rows) await to.table(name).bulkAdd(all);
  });
}

/** A new app with another shape of the base throws the base away; never what the person did. */
async function upgrade({ random }: World, { device, stream }: Person): Promise<string> {
  const [leader] = device.tabs;
  if (leader !== undefined) stream.break(leader);
  device.crash();
  const { disk: db, options } = device;
  const newId = (): string => random.id();
  await db.transaction("rw", db.tables, async () => {
    for (const kind of kinds) await db.documents(kind).clear();
    await db.shadow.clear();
    await db.stage.clear();
    const meta = await loadMeta(db, newId);
    const refill = { org: { h0: 0 }, team: { h0: 0 }, roll: { h0: 0 }, user: { h0: 0 } };
    await saveMeta(db, { ...meta, cursors: atZero, staging: null, refill, ch: newId() });
    await rebase(db, { actor: options.actor, now: options.clock(), newId });
  });
  return "is upgraded";
}

/** Out of reach, sometimes for weeks; or back. */
async function travel(world: World, { device }: Person): Promise<string> {
  device.isAway = !device.isAway;
  if (!device.isAway) return "comes back";
  // What was accepted is kept for a week in case of a restore: longer journeys are for worlds without.
  const days = world.restores === 0 ? world.random.below(40) : 0;
  world.now += days * dayMs;
  if (days % 2 === 1) device.asleepMs += days * dayMs;
  return "goes away";
}

async function setClock({ random }: World, { device }: Person): Promise<string> {
  device.skewMs = random.pick([0, 90_000, -3 * dayMs, 400 * dayMs, -4_000 * dayMs]);
  return `sets the clock by ${device.skewMs} ms`;
}

/** Unsent work goes into a file, or over to another device. */
async function save(world: World, { device }: Person): Promise<string> {
  const how = world.random.pick(["saved", "handedOver"] as const);
  await device.look();
  const work = await collectWork(device.disk);
  if (work.commands.length === 0) return "has nothing to carry";
  const at = world.now;
  const uids = work.commands.map(({ uid }) => uid);
  await noteCopied(device.disk, uids, { how, at });
  world.files.push({ user: device.options.actor.user, madeAt: at, text: JSON.stringify(work) });
  return `unsent work is ${how}`;
}

async function takeIn(world: World, { device }: Person): Promise<string> {
  const { actor, random } = device.options;
  const file = random.pickOr(world.files.filter(({ user }) => user === actor.user));
  if (file === null) return "nothing";
  const work = v.parse(carriedWork, JSON.parse(file.text));
  await device.look();
  const newId = (): string => random.id();
  const context = { actor, now: world.now, newId, madeAt: file.madeAt };
  const done = await takeWork(device.disk, work, context);
  if (done.ok) {
    const taken = [...work.commands.map(({ uid }) => uid), ...work.cards.map(({ id }) => id)];
    for (const id of taken) if (device.dismissed.has(id)) device.askedAgain.add(id);
  }
  return done.ok ? `takes in ${done.value.commands} commands` : "takes nothing in";
}

/** An administrator changes what somebody may do, or shows them the door; or opens it again. */
async function judge({ random, server }: World, { device, stream }: Person): Promise<string> {
  const { user } = device.options.actor;
  if (random.chance(0.5)) {
    const role = random.pick(["office", "field", "manager"] as const);
    server.roles.set(user, role);
    return `is ${role} now`;
  }
  if (server.left.delete(user)) return "may come in again";
  server.left.add(user);
  const [leader] = device.tabs;
  if (leader !== undefined) stream.break(leader);
  return "must leave";
}
