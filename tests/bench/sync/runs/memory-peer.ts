/** What everybody promises who is asked for work in memory. */
import type { PlainRow } from "../pages/contest.ts";

export interface MemoryPeer {
  readonly name: string;
  /** The rows as they come to a device. */
  encoded(rows: readonly PlainRow[]): readonly Uint8Array[];
  /** Takes them up; how many rows can be asked for. */
  applied(bytes: readonly Uint8Array[]): number;
  openCounter(): Promise<Counter>;
}

export interface Counter {
  /** One by one up to `n`, each for itself. */
  change(n: number): Promise<void>;
  /** A device that has nothing: what travelled to it, and what it counts then. */
  catchUp(): Promise<{ readonly bytes: number; readonly value: unknown }>;
  close(): Promise<void>;
}
