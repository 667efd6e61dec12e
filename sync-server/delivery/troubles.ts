/**
 * Campaigns whose steps fail: each is tried again after a longer and longer wait, and keeps no
 * other campaign from going on. When storage itself fails, that is not about a campaign.
 */
import { minuteMs, secondMs, type Instant } from "#domain/core/time.ts";
import { StoreError } from "../store/store.ts";
import type { EngineLog } from "./carriers.ts";

/** A campaign whose steps keep failing. */
export interface Trouble extends About {
  readonly since: Instant;
  readonly failures: number;
  /** When it is tried again. */
  readonly againAt: Instant;
  readonly words: string;
}

interface About {
  readonly distribution: number;
  readonly workspace: string;
  readonly campaignId: string;
}

export interface Troubles {
  /** Does the work unless it rests after a failure; answers when to look at the campaign again. */
  guard(about: About, now: Instant, work: () => Promise<Instant | null>): Promise<Instant | null>;
  /** Forgets campaigns that have nothing to do any more. */
  keepOnly(distributions: readonly number[]): void;
  list(): readonly Trouble[];
}

const firstRestMs = secondMs;
const longestRestMs = 5 * minuteMs;

export function createTroubles(log: EngineLog, isDead: () => boolean): Troubles {
  const troubles = new Map<number, Trouble>();
  return {
    guard: async (about, now, work) => {
      const { distribution } = about;
      const known = troubles.get(distribution);
      // A clock that was set back must not keep it resting.
      const rests = known !== undefined && known.againAt > now;
      if (rests && known.againAt <= now + longestRestMs) return known.againAt;
      try {
        const next = await work();
        troubles.delete(distribution);
        return next;
      } catch (error) {
        if (isDead() || error instanceof StoreError) throw error;
        const trouble = troubleOf(about, known, error, now);
        troubles.set(distribution, trouble);
        const { campaignId, failures } = trouble;
        log.error({ error, campaignId, failures }, "a campaign's step failed; it is tried again");
        return trouble.againAt;
      }
    },
    keepOnly: (distributions) => {
      const kept = new Set(distributions);
      for (const distribution of troubles.keys()) {
        if (!kept.has(distribution)) troubles.delete(distribution);
      }
    },
    list: () => [...troubles.values()],
  };
}

function troubleOf(
  about: About,
  known: Trouble | undefined,
  error: unknown,
  now: Instant,
): Trouble {
  const failures = (known?.failures ?? 0) + 1;
  const restMs = Math.min(longestRestMs, firstRestMs * 2 ** (failures - 1));
  const words = error instanceof Error ? error.message : String(error);
  return { ...about, since: known?.since ?? now, failures, againAt: now + restMs, words };
}
