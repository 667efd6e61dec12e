/** What a lane exchanges with the store: it claims the next messages, and writes what became of those before. */
import { secondMs, type Instant } from "#domain/core/time.ts";
import type { IntentAnswer, Settlement } from "../store/delivery-store.ts";
import type { OpenDistribution } from "../store/distribution.ts";
import type { CampaignWatch } from "./campaign-watch.ts";
import type { EngineDeps, FaultPoint, OpenAccount } from "./carriers.ts";
import type { EditionWriter } from "./edition-writer.ts";
import type { Gate } from "./gate.ts";
import { claiming, storing } from "./gate-news.ts";
import type { Results } from "./results.ts";

export interface ExchangeDeps extends Pick<EngineDeps, "boot" | "clock" | "store"> {
  readonly distribution: OpenDistribution;
  readonly gate: Gate;
  readonly point: (name: FaultPoint) => void;
}

export interface Claim {
  readonly limit: number;
  /** One message of a paused campaign, to try the account with. */
  readonly isProbe: boolean;
  readonly writer: EditionWriter;
  readonly now: Instant;
}

/** Durable before any byte leaves. */
export async function claimNext(
  { boot, distribution, gate, point, store }: ExchangeDeps,
  { limit, isProbe, writer, now }: Claim,
): Promise<IntentAnswer> {
  point("before intent");
  const { columns, edition } = writer;
  const { seq, way } = distribution;
  const wanted = { distribution: seq, way, boot, limit, isProbe, columns, edition, now };
  const answer = await claiming(gate, { now, limit }, (account) =>
    store.delivery.intent({ ...wanted, account }),
  );
  point("intended");
  return answer;
}

export interface Known {
  readonly results: Results;
  readonly watch: CampaignWatch;
  /** What it went through; null: the lane is halted. */
  readonly account: OpenAccount | null;
}

/** Written at once. */
const maxSettle = 2_000;

/** Results that gathered go into one transaction, and are answered; those that could not be written are kept. */
export async function writeResults(
  { clock, distribution, gate, point, store }: ExchangeDeps,
  { results, watch, account: open }: Known,
): Promise<readonly Settlement[]> {
  const settlements = results.take(maxSettle);
  const now = clock();
  const lookAt = open === null ? now : lookAtOf(open, now);
  const resend = { scale: open?.provider.resendScale ?? 1 };
  try {
    point("before settle");
    const { seq, way } = distribution;
    const known = { distribution: seq, way, settlements, lookAt, resend, now };
    // How the campaign's own way goes is what it is stopped by after a restart.
    const recent = way === "own" ? { recent: watch.recent } : {};
    await storing(gate, now, (account) => store.delivery.settle({ ...known, ...recent, account }));
  } catch (error) {
    results.putBack(settlements);
    throw error;
  }
  point("settled");
  return settlements;
}

/** Whether the message may have to be seen to again: it was not accepted, or waits for a time. */
export function leavesWork({ attempt, dueAt }: Settlement): boolean {
  return attempt !== null || dueAt !== null;
}

function lookAtOf({ provider }: OpenAccount, now: Instant): Instant | null {
  if (provider.receipts === "none") return null;
  return provider.receipts === "pull" ? now + secondMs / 2 : now + provider.receiptWindowMs;
}
