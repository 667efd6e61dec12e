/**
 * When the devices of a workspace hear their pages: all at one beat, a quarter of a second after the
 * last one and as soon as something moved, so that those who stand alike still do afterwards.
 */
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import { beatAfter, visibleEveryMs } from "./pace.ts";

export interface Beat {
  /** Not before this. */
  readonly at: Instant;
  /** When the first of what it will tell moved; null: nothing did yet. */
  readonly movedAt: Instant | null;
}

export interface Beats {
  next(workspace: Id): Beat;
  /** Something moved. */
  moved(workspace: Id, now: Instant): void;
  /** A beat begins now: the one that was next. */
  begin(workspace: Id, beat: Beat, now: Instant): void;
  /** What was read for a beat goes out; answers when the next one begins. */
  sent(workspace: Id, beat: Beat, now: Instant): Instant;
  /** Workspaces in which nobody waits any more. */
  forget(now: Instant): void;
}

/** What moved so shortly before its beat came with it; so shortly after the last one, hardly by rhythm. */
const inTimeMs = 25;
const driftsMs = { soon: 25, slowly: 10 } as const;
const forgottenAfterMs = 1_000;

/** Of a workspace in which nothing happened: at any time. */
const first: Beat = { at: 0, movedAt: null };

export function createBeats(): Beats {
  const beats = new Map<Id, Beat>();
  const next = (workspace: Id): Beat => beats.get(workspace) ?? first;
  return {
    next,
    moved: (workspace, now) => {
      const { at, movedAt } = next(workspace);
      beats.set(workspace, { at, movedAt: movedAt ?? now });
    },
    begin: (workspace, beat, now) => {
      beats.set(workspace, { at: nextAfter(beat, now), movedAt: null });
    },
    sent: (workspace, beat, now) => {
      const { at: known, movedAt } = next(workspace);
      const at = Math.max(known, nextAfter(beat, now));
      beats.set(workspace, { at, movedAt });
      return at;
    },
    forget: (now) => {
      for (const [workspace, { at }] of beats) {
        if (at < now - forgottenAfterMs) beats.delete(workspace);
      }
    },
  };
}

/**
 * What moves four times a second, as the counters of campaigns do, would wait for its beat each
 * time for as long as it did the first time. So the beat goes later by a little, until what moves
 * comes with it.
 */
function nextAfter({ at, movedAt }: Beat, now: Instant): Instant {
  const waitedMs = movedAt === null ? 0 : at - movedAt;
  const driftMs = waitedMs > visibleEveryMs - inTimeMs ? driftsMs.slowly : driftsMs.soon;
  return beatAfter(at, now) + (waitedMs > inTimeMs ? driftMs : 0);
}
