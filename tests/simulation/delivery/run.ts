/** What one run holds, and the smallest acts on it. */
import type { OpenAccount } from "#server/delivery/carriers.ts";
import type { Core } from "#server/delivery/core.ts";
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
  readonly campaignIds: readonly [string, ...string[]];
  /** The account as it is now, or why it cannot be opened. */
  account: OpenAccount | string;
  isFaulty: boolean;
  /** Storage has no room before this moment of the time that really passed. */
  fullUntil: number;
  core: Core;
  /** The engine died, and the next act starts another one. */
  isDown: boolean;
  crashes: number;
}

/** Time passes, for the server and in truth. */
export function pass({ clock, elapsed }: Pick<Run, "clock" | "elapsed">, ms: number): void {
  clock.now += ms;
  elapsed.now += ms;
}
