/**
 * Who listens, by where they stand: those who stand alike are one crowd with one pace, so what
 * becomes of them is worked out once, whether they are two or thousands. Whoever says something of
 * their own (an acknowledgement, out of sight) goes over to those whom they are like from then on.
 */
import type { Id } from "#domain/core/id.ts";
import type { Pace } from "./pace.ts";
import type { SharedPage } from "./shared-page.ts";

/** One connection as the hub sees it. */
export interface Listener {
  readonly workspace: Id;
  readonly user: Id;
  /** The chain id that the device accepts pages under. */
  ch: string;
  bufferedBytes(): number;
  /** Sends a page under its chain. */
  send(shared: SharedPage): void;
}

/** What moved since the reading of a page began: it may have been too late for that page. */
export type Since = "nothing" | "shared" | "own";

export interface Crowd {
  readonly workspace: Id;
  /** Whose own feed may have moved; null: it is of nobody in particular. */
  readonly user: Id | null;
  readonly members: Set<Listener>;
  pace: Pace;
  /** The page that is being read for them. Nobody waits for another one's. */
  reading: Reading | null;
  since: Since;
  /** When it was last looked, their lines took no more. */
  readonly isFull: boolean;
}

/** A page that is being read, and for whom. */
export interface Reading {
  readonly crowds: Set<Crowd>;
}

type Alike = Pick<Crowd, "pace" | "reading" | "since" | "isFull">;

export interface Crowds {
  readonly all: ReadonlySet<Crowd>;
  of(listener: Listener): Crowd | null;
  /** Takes a listener to those whom it is like from now on; answers them. */
  move(listener: Listener, alike: Alike): Crowd;
  /** It is nowhere from now on. */
  drop(listener: Listener): void;
  /** Before anything of a crowd is changed in place: nobody joins it for what it was. */
  changes(): void;
  clear(): void;
}

/** `onEmpty`: nobody is left in it. */
export function createCrowds(onEmpty: (crowd: Crowd) => void): Crowds {
  const all = new Set<Crowd>();
  const crowdOf = new Map<Listener, Crowd>();
  /** Crowds of the last moments, by what they were like when they began. */
  const known = new Map<string, Crowd>();
  const readings = new WeakMap<Reading, number>();
  let lastReading = 0;
  const numberOf = (reading: Reading | null): number => {
    if (reading === null) return 0;
    const number = readings.get(reading) ?? ++lastReading;
    readings.set(reading, number);
    return number;
  };
  const drop = (listener: Listener): void => {
    const crowd = crowdOf.get(listener);
    if (crowd === undefined) return;
    crowdOf.delete(listener);
    crowd.members.delete(listener);
    if (crowd.members.size > 0) return;
    all.delete(crowd);
    crowd.reading?.crowds.delete(crowd);
    onEmpty(crowd);
  };
  return {
    all,
    of: (listener) => crowdOf.get(listener) ?? null,
    drop,
    move: (listener, { pace, reading, since, isFull }) => {
      const { workspace } = listener;
      const isOwn = pace.own || since === "own";
      const user = isOwn ? listener.user : null;
      const key = JSON.stringify([workspace, user, numberOf(reading), since, isFull, pace]);
      drop(listener);
      const alike = known.get(key);
      const crowd =
        alike !== undefined && all.has(alike)
          ? alike
          : { workspace, user, members: new Set<Listener>(), pace, reading, since, isFull };
      crowd.members.add(listener);
      crowdOf.set(listener, crowd);
      known.set(key, crowd);
      all.add(crowd);
      reading?.crowds.add(crowd);
      return crowd;
    },
    changes: () => known.clear(),
    clear: () => {
      all.clear();
      crowdOf.clear();
      known.clear();
    },
  };
}
