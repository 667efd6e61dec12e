/** A workspace with one campaign that goes out by itself, an engine that a test can break, and a person who acts. */
import type { Campaign } from "#domain/campaign/campaign.ts";
import type { Audience } from "#domain/audience/audience.ts";
import type { Role } from "#domain/access/role.ts";
import type { AccessSettings } from "#domain/access/permission.ts";
import { dayMs, hourMs, type Instant } from "#domain/core/time.ts";
import type { Act } from "#domain/sync/command.ts";
import { createCommands } from "#server/commands/apply.ts";
import type { FaultPoint } from "#server/delivery/carriers.ts";
import { openContentCheck } from "#server/delivery/templates.ts";
import type { Outcome, Outgoing } from "#server/providers/provider.ts";
import type { Happening } from "#server/store/live-store.ts";
import { createClock, driveUntil, openCore, settleDown } from "./drive.ts";
import { createFakeCarrier, deliveredAtOnce, openFake } from "./fake-carrier.ts";
import {
  aCampaign,
  anAudience,
  openTestStore,
  readCampaign,
  readRollup,
  seedContacts,
  seedDocuments,
  startOfTime,
  user,
  workspace,
  type ContactSeed,
} from "./world.ts";

export interface LiveWorldOptions {
  readonly contacts: readonly ContactSeed[];
  readonly campaign?: Partial<Campaign>;
  readonly audience?: Partial<Audience>;
  readonly now?: Instant;
  readonly onSent?: () => Promise<void>;
  /** What the provider answers; left out: that it was delivered. */
  readonly answer?: (message: Outgoing, call: number) => Outcome;
  readonly path?: string;
}

export interface Actor {
  readonly user?: string;
  readonly role?: Role;
  readonly access?: AccessSettings;
}

export async function openLiveWorld(options: LiveWorldOptions) {
  const { contacts, campaign = {}, audience = {}, now = startOfTime, onSent } = options;
  const { store, db } = openTestStore(options.path);
  seedContacts(db, contacts);
  await seedDocuments(store, {
    campaign: aCampaign({ launchedAt: now, ...campaign }),
    audience: anAudience(audience),
  });
  const clock = createClock(now);
  const fake = createFakeCarrier(async (message, call) => {
    await onSent?.();
    return options.answer?.(message, call) ?? deliveredAtOnce;
  });
  let failAt: FaultPoint | null = null;
  const open = (boot: string) =>
    openCore({
      store,
      clock,
      account: openFake(fake.carrier),
      boot,
      fault: (point) => {
        if (point === failAt) throw new Error(`crash at ${point}`);
      },
    });
  const commands = createCommands({
    store,
    clock: () => clock.now,
    checkContent: openContentCheck(),
  });
  const core = open("first");
  return {
    store,
    db,
    clock,
    core,
    open,
    fake,
    /** Every engine dies when it reaches this point; null: no more. */
    failAt: (point: FaultPoint | null) => {
      failAt = point;
    },
    act: (act: Act, by: Actor = {}) =>
      commands.act({ workspace, user, role: "admin", access: { fieldMaySend: false }, ...by, act }),
    /** Steps until it is live. */
    goLive: () =>
      driveUntil(core, clock, async () => (await readCampaign(store)).phase === "active"),
    happen: (id: string, about: Partial<Happening> = {}) =>
      store.delivery.happen({
        workspace,
        happening: {
          id,
          what: { kind: "event", name: "order_paid" },
          contact: { email: "person1@example.org" },
          at: clock.now,
          properties: {},
          ...about,
        },
        now: clock.now,
      }),
    sentTo: () => fake.calls.map(({ to }) => to),
    delivered: async (n: number) => (await readRollup(store))?.states.delivered === n,
    /** So long passes, with a few steps in each hour of it; of weeks, in each fifth hour. */
    pass: async (ms: number, engine = core): Promise<void> => {
      const until = clock.now + ms;
      const stride = ms > 7 * dayMs ? 5 * hourMs : hourMs;
      while (clock.now < until) {
        clock.now = Math.min(until, clock.now + stride);
        for (let steps = 0; steps < 4; steps++) {
          await engine.step();
          await settleDown();
        }
      }
    },
  };
}

export type LiveWorld = Awaited<ReturnType<typeof openLiveWorld>>;
