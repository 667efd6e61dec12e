// What a simulated world is made of.
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import type { Random } from "../random.ts";
import type { Before } from "./checks.ts";
import type { Device } from "./device.ts";
import type { Network } from "./network.ts";
import type { SimServer } from "./server.ts";
import type { Stream } from "./stream.ts";

export interface Person {
  readonly device: Device;
  readonly stream: Stream;
  before: Before | null;
}

/** Unsent work that lies outside of its device. */
export interface CarriedFile {
  readonly user: Id;
  readonly madeAt: Instant;
  /** As JSON. */
  readonly text: string;
}

export interface World {
  readonly seed: number;
  readonly random: Random;
  readonly server: SimServer;
  readonly network: Network;
  readonly people: Person[];
  readonly files: CarriedFile[];
  now: number;
  /** How often the server may still be restored from a back-up. */
  restores: number;
  /** Tabs that died in the middle of something. */
  deaths: number;
  /** A device was signed out by an administrator. */
  hasRevoked: boolean;
}

/** The first of them: a world has people. */
export function someone({ people }: Pick<World, "people">): Person {
  const [first] = people;
  if (first === undefined) throw new Error("a world without people");
  return first;
}
