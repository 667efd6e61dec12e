/** Drives the engine's core by hand: the clock goes forward only when a test says so. */

import { createCore, type Core } from "#server/delivery/core.ts";
import type { EngineDeps, OpenAccount } from "#server/delivery/carriers.ts";
import { createLeaveLinks } from "#server/providers/leave-links.ts";
import { createTrackedLinks } from "#server/providers/tracked-links.ts";
import { createKeys } from "#server/providers/keys.ts";
import { openContentCheck, openTemplates } from "#server/delivery/templates.ts";
import { startOfTime } from "./world.ts";

const testTemplates = openTemplates();
const testCheck = openContentCheck();
export const testKeys = createKeys(Buffer.alloc(32, 7));
export const testLinks = createLeaveLinks(Buffer.alloc(32, 7), "http://localhost:3000");

export const testTrackedLinks = createTrackedLinks(Buffer.alloc(32, 7), "http://localhost:3000");

export interface Clock {
  now: number;
}

export function createClock(now = startOfTime): Clock {
  return { now };
}

export interface DriveOptions {
  readonly store: EngineDeps["store"];
  readonly clock: Clock;
  readonly account: OpenAccount | ((accountId: string) => OpenAccount | string);
  readonly boot?: string;
  readonly random?: () => number;
  readonly fault?: EngineDeps["fault"];
  readonly keys?: EngineDeps["keys"];
  readonly keyRetentions?: EngineDeps["keyRetentions"];
  readonly turns?: EngineDeps["turns"];
  readonly inboxBytes?: number;
  /** Called whenever the engine should be stepped soon. */
  readonly wake?: () => void;
  /** Called where it need not be at once; as `wake` when left out. */
  readonly wakeSoon?: () => void;
}

let boots = 0;

export function openCore(options: DriveOptions): Core {
  const { store, clock, account, fault, keyRetentions = {}, wake = () => undefined } = options;
  boots += 1;
  return createCore(
    {
      store,
      carriers: {
        open: async (_, id) => (typeof account === "function" ? account(id) : account),
      },
      keys: options.keys ?? testKeys,
      leaveLinks: testLinks,
      trackedLinks: testTrackedLinks,
      templates: testTemplates,
      checkContent: testCheck,
      clock: () => clock.now,
      random: options.random ?? (() => 0.5),
      boot: options.boot ?? `boot ${boots}`,
      log: { warn: () => undefined, error: () => undefined },
      keyed: ["sandbox", "webhook"],
      keyRetentions,
      ...(fault === undefined ? {} : { fault }),
      ...(options.inboxBytes === undefined ? {} : { inboxBytes: options.inboxBytes }),
      ...(options.turns === undefined ? {} : { turns: options.turns }),
    },
    { wake, wakeSoon: options.wakeSoon ?? wake },
  );
}

/** Lets everything that was started come to rest. */
export async function settleDown(): Promise<void> {
  for (let i = 0; i < 50; i++) await Promise.resolve();
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Steps until `isDone`, moving the clock to whatever the engine waits for. */
export async function driveUntil(
  core: Core,
  clock: Clock,
  isDone: () => Promise<boolean> | boolean,
  maxSteps = 3_000,
): Promise<void> {
  for (let steps = 0; steps < maxSteps; steps++) {
    const next = await core.step();
    await settleDown();
    if (await isDone()) return;
    clock.now = Math.max(clock.now + 1, Math.min(next ?? clock.now + 250, clock.now + 3_600_000));
  }
  throw new Error(`the engine did not get there in ${maxSteps} steps`);
}
