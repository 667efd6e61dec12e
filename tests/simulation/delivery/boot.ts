/**
 * Storage as one start of the process sees it. Every operation may be the last one, before or
 * after its commit; a full disk refuses all that write; and what was committed is noted in the
 * ledger. Once the power is cut nothing of that process reaches the store any more.
 */
import type { EngineDeps } from "#server/delivery/carriers.ts";
import type { DeliveryStore } from "#server/store/delivery-store.ts";
import { StoreError } from "#server/store/store.ts";
import { plant, plantPeople } from "./bugs.ts";
import { PowerCut, type Run } from "./run.ts";

type Work = () => Promise<unknown>;

/** Operations that write nothing. */
const reads: ReadonlySet<string> = new Set([
  "work",
  "wordings",
  "placeOf",
  "awaiting",
  "account",
  "workspaceOfAccount",
  "warmth",
  "findings",
  "keptReceipts",
  "unmeasured",
]);

export interface Boot {
  readonly store: EngineDeps["store"];
  /** May throw, at a point that the engine names. */
  readonly cut: () => void;
}

export function createBoot(run: Run, onDeath: () => void): Boot {
  let isDead = false;
  const die = (): never => {
    isDead = true;
    onDeath();
    run.isDown = true;
    throw new PowerCut("the power was cut");
  };
  const mayCut = (): void => {
    if (run.isFaulty && run.random.chance(run.plan.cutChance)) die();
  };
  const through = async (name: string, work: Work): Promise<unknown> => {
    if (isDead || run.isDown) die();
    if (reads.has(name)) return work();
    mayCut();
    if (run.elapsed.now < run.fullUntil) throw new StoreError("full", "there is no room");
    const answer = await work();
    mayCut();
    return answer;
  };
  const noted = note(run, plant(run, run.store.delivery));
  return {
    store: {
      delivery: wrap(noted, through),
      limits: wrap(plantPeople(run.plan.bug, run.store.limits), through),
    },
    cut: () => {
      if (isDead || run.isDown) die();
      // Points lie close together, and every message passes some of them.
      if (run.isFaulty && run.random.chance(run.plan.cutChance / 8)) die();
    },
  };
}

/** The same store, with something before and after each of its operations. */
function wrap<Part extends object>(
  store: Part,
  through: (name: string, work: Work) => Promise<unknown>,
): Part {
  return new Proxy(store, {
    get: (target, name) => {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== "function" || typeof name !== "string") return method;
      return (args: unknown) => through(name, async () => Reflect.apply(method, target, [args]));
    },
  });
}

/** Writes into the ledger what was committed. */
function note({ ledger }: Run, store: DeliveryStore): DeliveryStore {
  return {
    ...store,
    intent: async (args) => {
      const look = ledger.look(args.distribution, args.way);
      const answer = await store.intent(args);
      ledger.intended(args, answer.messages, look);
      return answer;
    },
    settle: async (args) => {
      const answer = await store.settle(args);
      ledger.settled(args.distribution, args.settlements);
      return answer;
    },
    prove: async (args) => {
      const answer = await store.prove(args);
      ledger.proved(args.distribution, args.proofs);
      return answer;
    },
    lookedAfter: async (args) => {
      const answer = await store.lookedAfter(args);
      ledger.proved(args.distribution, args.proofs);
      return answer;
    },
  };
}
