/** The requests of this page that failed lately, for whoever has to find out why. */
import type { Instant } from "#domain/core/time.ts";

export interface Trouble {
  /** By the device's clock; of those that followed each other, the last. */
  readonly at: Instant;
  /** `POST /sync/push`; what was searched for is not in it. */
  readonly request: string;
  /** A `FailureKind` of api.ts. */
  readonly kind: string;
  readonly status: number;
  /** By which the server's log has it; null: it was not the server that answered. */
  readonly requestId: string | null;
  /** How often in a row. */
  readonly times: number;
}

const kept = 20;

export interface TroubleLog {
  add(trouble: Omit<Trouble, "times" | "request"> & { method: string; path: string }): void;
  /** Oldest first. */
  readonly all: readonly Trouble[];
}

export function createTroubleLog(): TroubleLog {
  const all: Trouble[] = [];
  return {
    add({ method, path, ...facts }) {
      // A search is for a person's name or address.
      const request = `${method} ${path.split("?", 1)[0] ?? ""}`;
      const last = all.at(-1);
      const isSame =
        last?.request === request && last.kind === facts.kind && last.status === facts.status;
      if (isSame) all.pop();
      all.push({ ...facts, request, times: isSame ? last.times + 1 : 1 });
      if (all.length > kept) all.shift();
    },
    all,
  };
}
