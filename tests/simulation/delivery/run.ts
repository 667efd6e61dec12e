/** What one run holds, and the smallest acts on it. */
import type { Id } from "#domain/core/id.ts";
import type { OpenAccount } from "#server/delivery/carriers.ts";
import type { Core } from "#server/delivery/core.ts";
import type { DeliveryStore } from "#server/store/delivery-store.ts";
import type { Happening } from "#server/store/live-store.ts";
import type { Clock } from "../../support/delivery/drive.ts";
import type { OpenStore } from "../../support/delivery/world.ts";
import type { Random } from "../random.ts";
import type { WorstCarrier } from "./carrier.ts";
import type { Ledger } from "./ledger.ts";
import type { Plan } from "./plan.ts";

/** The power was cut: whatever the engine had begun ends unheard. */
export class PowerCut extends Error {}

export interface Run extends OpenStore {
  readonly plan: Plan;
  readonly random: Random;
  /** The server's clock, which may jump. */
  readonly clock: Clock;
  /** The time that really passed. */
  readonly elapsed: Clock;
  readonly carrier: WorstCarrier;
  readonly ledger: Ledger;
  /** The campaigns that the run began with. */
  readonly campaignIds: readonly [string, ...string[]];
  /** Those that a person canceled. */
  readonly canceled: Set<Id>;
  /** Texts that a second person agreed to. */
  readonly approved: Set<string>;
  readonly entries: Entries;
  readonly comings: Comings;
  /** What happened and nobody took. */
  readonly untold: Happening[];
  /** Since when each campaign is paused by the system. */
  readonly pausedSince: Map<Id, number>;
  /** When the engine last began a look at everything that ended well, by the server's clock. */
  lookedAt: number;
  /** A person ended what goes out by itself. */
  isEnded: boolean;
  /** The account as it is now, or why it cannot be opened. */
  account: OpenAccount | string;
  isFaulty: boolean;
  /** Storage has no room before this moment of the time that really passed. */
  fullUntil: number;
  core: Core;
  /** The store of this start of the process, as its other parts use it. */
  outside: Pick<DeliveryStore, "happen">;
  /** The engine died, and the next act starts another one. */
  isDown: boolean;
  crashes: number;
}

/** What is known of who has to be written to, by the numbers of the run's people. */
export interface Comings {
  /** How often each came into the audience. */
  readonly came: Map<number, number>;
  /** Those who came while the campaign was live, and stayed. */
  readonly stayed: Set<number>;
  /** Those whose date was changed. */
  readonly changed: Set<number>;
}

/** What the server was told of, by the ids of what happened. */
export interface Entries {
  readonly told: Map<string, Happening>;
  /** Those that the server answered with somebody having entered. */
  readonly entered: Set<string>;
}

/** Time passes, for the server and in truth. */
export function pass({ clock, elapsed }: Pick<Run, "clock" | "elapsed">, ms: number): void {
  clock.now += ms;
  elapsed.now += ms;
}
