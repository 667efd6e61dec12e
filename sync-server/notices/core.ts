/**
 * Telling people what the system stopped: one step looks once, tells what is due and answers when
 * to look again. No timer, clock or chance of its own.
 *
 * A telling is claimed in storage before anything leaves, and settled after; what a dead process
 * had claimed is told again under the same key, as a mail with the same Message-ID and as a push
 * that takes the place of the first.
 */
import { nextNoticeTry, type NoticeWay } from "#domain/campaign/notice.ts";
import type { Instant } from "#domain/core/time.ts";
import type { NoticeStore, Telling } from "../store/notice-store.ts";
import type { Store } from "../store/store.ts";
import { noteReports } from "./reports.ts";
import type { Told, Way } from "./way.ts";

/** Told at once in one step. */
const batch = 20;

/** Where a test may stop the notifier as a power cut would. */
export type NoticePoint = "spread" | "claimed" | "told" | "settled";

export interface NoticeCoreDeps {
  readonly store: Pick<Store, "notices" | "reports" | "subscriptions">;
  readonly ways: Readonly<Record<NoticeWay, Way>>;
  readonly clock: () => Instant;
  readonly newNonce: () => string;
  /** A new name for each start of the process. */
  readonly boot: string;
  readonly warn: (facts: object, words: string) => void;
  /** Throws to stop dead at this point. Only tests give it. */
  readonly fault?: (point: NoticePoint) => void;
}

/** Answers when to look again; null: when something changes. */
export async function tellOnce(deps: NoticeCoreDeps): Promise<Instant | null> {
  const { boot, clock, fault, newNonce, store } = deps;
  await store.subscriptions.watch({ now: clock() });
  await noteReports(deps);
  await store.notices.spread({ nonce: newNonce(), now: clock() });
  fault?.("spread");
  const { tellings, nextAt } = await store.notices.claim({ boot, limit: batch, now: clock() });
  fault?.("claimed");
  await Promise.all(tellings.map((telling) => tell(deps, telling)));
  return tellings.length === 0 ? nextAt : clock();
}

async function tell(deps: NoticeCoreDeps, telling: Telling): Promise<void> {
  const { clock, fault, store, ways } = deps;
  const told = await ways[telling.way].tell(telling);
  fault?.("told");
  const now = clock();
  await store.notices.settle({ seq: telling.seq, ...settled(told, telling.tries, now), now });
  fault?.("settled");
  if (told.end !== "sent") {
    deps.warn({ way: telling.way, why: told.why, tries: telling.tries }, "a notice did not leave");
  }
}

type Settled = Omit<Parameters<NoticeStore["settle"]>[0], "seq" | "now">;

function settled(told: Told, tries: number, now: Instant): Settled {
  if (told.end === "sent") return { end: "sent", why: "", dropsDevice: false };
  if (told.end === "failed") return told;
  const usual = nextNoticeTry(tries, now);
  if (usual === null) return { end: "failed", why: told.why, dropsDevice: false };
  const dueAt = told.afterMs === null ? usual : now + told.afterMs;
  return { end: { dueAt }, why: told.why, dropsDevice: false };
}
