/**
 * The real server, and the apps of several devices, killed again and again in the middle of pushes
 * and pulls. What came of it is counted from both ends: what each device was told to keep, what
 * the server has, and what every device shows.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { roles } from "#domain/access/role.ts";
import { defaultAccessSettings } from "#domain/access/permission.ts";
import * as v from "valibot";
import { ana, RestClient } from "../../support/delivery/rest-client.ts";
import { RealServer } from "../../support/real-server.ts";
import { createRandom } from "../random.ts";
import { KilledDevice, type DeviceDeps, type Traffic } from "./devices.ts";

export interface SyncKillPlan {
  readonly kills: number;
  readonly devices: number;
  readonly seed: number;
  readonly onKill?: (kills: number) => void;
}

export interface SyncKillOutcome {
  /** The server's process, ended as a power cut would. */
  readonly ofServer: number;
  /** Apps that ended with whatever was under way, and began again over their database. */
  readonly ofApps: number;
  /** Kills that came while a push, or a pull, was under way. */
  readonly duringPush: number;
  readonly duringPull: number;
  /** Commands that a device had accepted. */
  readonly commands: number;
  /** Campaigns that are missing, or lack what was last written. */
  readonly lost: number;
  /** Campaigns that were changed more often than somebody changed them. */
  readonly doubled: number;
  /** Cards: nobody did anything that could be refused. */
  readonly cards: number;
  /** Devices that show something else than the server has. */
  readonly unequal: number;
}

const settleMs = 60_000;

export async function runSyncKills(plan: SyncKillPlan): Promise<SyncKillOutcome> {
  const server = await RealServer.open();
  try {
    await RestClient.setUp(server);
    const traffic: Traffic = { pushes: 0, pulls: 0 };
    const random = createRandom(plan.seed);
    const deps = { url: server.url, random, traffic, ...(await signIn(server)) };
    const devices = Array.from({ length: plan.devices }, () => new KilledDevice(deps));
    const end = new AbortController();
    const lives = devices.map((device) => device.live(end.signal));
    const killed = await killAgain(server, devices, { plan, deps });
    end.abort();
    await Promise.all(lives);
    for (const device of [...devices, ...devices]) await device.settle(settleMs);
    return { ...killed, ...(await count(devices, new KilledDevice(deps))) };
  } finally {
    await server.close();
  }
}

interface Given {
  readonly plan: SyncKillPlan;
  readonly deps: DeviceDeps;
}

/** One in so many kills is the server's: it takes seconds to start, an app starts at once. */
const oneInServer = 8;

async function killAgain(
  server: RealServer,
  devices: readonly KilledDevice[],
  { plan, deps: { random, traffic } }: Given,
) {
  const killed = { ofServer: 0, ofApps: 0, duringPush: 0, duringPull: 0 };
  for (let kills = 1; kills <= plan.kills; kills++) {
    await sleep(random.below(100));
    // In the middle of something: soon after it went out.
    for (let left = 1_000; traffic.pushes + traffic.pulls === 0 && left > 0; left--) await sleep(1);
    await sleep(random.below(6));
    if (traffic.pushes > 0) killed.duringPush += 1;
    else if (traffic.pulls > 0) killed.duringPull += 1;
    if (kills % oneInServer === 0) {
      killed.ofServer += 1;
      await server.kill();
      await server.start();
    } else {
      killed.ofApps += 1;
      random.pickOr(devices)?.die();
    }
    plan.onKill?.(kills);
  }
  return killed;
}

const session = v.object({
  user: v.object({ id: v.string() }),
  role: v.picklist(roles),
});

async function signIn({ url }: RealServer): Promise<Pick<DeviceDeps, "cookie" | "actor">> {
  const answer = await fetch(`${url}/api/auth/sign-in/email`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: url },
    body: JSON.stringify(ana),
  });
  const cookies = answer.headers.getSetCookie().map((line) => line.split(";")[0]);
  const cookie = cookies.join("; ");
  const said = await fetch(`${url}/api/v1/session`, { headers: { cookie } });
  const { user, role } = v.parse(session, await said.json());
  return { cookie, actor: { user: user.id, role, access: defaultAccessSettings } };
}

const written = v.object({ name: v.string(), rev: v.number() });

/** `fresh`: a device that was not there, and asks for everything. */
async function count(devices: readonly KilledDevice[], fresh: KilledDevice) {
  await fresh.settle(settleMs);
  const theirs = await fresh.shown();
  const totals = { commands: 0, lost: 0, doubled: 0, cards: 0, unequal: 0 };
  let expected = 0;
  for (const device of devices) {
    totals.cards += await device.db.inbox.count();
    if (!isSame(await device.shown(), theirs)) totals.unequal += 1;
    for (const [id, { name, edits }] of device.meant) {
      expected += 1;
      totals.commands += 1 + edits;
      const doc = theirs.get(id);
      const found = doc === undefined ? null : v.parse(written, JSON.parse(doc));
      if (found?.name !== name) totals.lost += 1;
      // A campaign is at revision 1 when it is made, and rises by one with each edit.
      if (found !== null && found.rev !== 1 + edits) totals.doubled += 1;
    }
  }
  totals.doubled += Math.max(0, theirs.size - expected);
  return totals;
}

function isSame(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean {
  return one.size === other.size && [...one].every(([id, doc]) => other.get(id) === doc);
}
