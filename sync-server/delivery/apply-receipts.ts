/** Writing what receipts prove. */
import type { Receipt } from "../providers/provider.ts";
import type { Instant } from "#domain/core/time.ts";
import type { EngineDeps, FaultPoint } from "./carriers.ts";
import type { AccountKey } from "./receipt-groups.ts";
import { proofsOf, resendAsUsual, type Places } from "./receipts.ts";
import { keepUnmatched } from "./unmatched.ts";

export interface HearingDeps extends Pick<EngineDeps, "store" | "keys" | "clock"> {
  readonly places: Places;
  readonly point: (name: FaultPoint) => void;
  readonly wake: () => void;
}

/**
 * Writes what receipts of an account prove; answers which were news, by their place in the list.
 * `came`: when they did; left out: now.
 */
export async function applyReceipts(
  deps: HearingDeps,
  account: AccountKey,
  receipts: readonly Receipt[],
  came?: Instant,
): Promise<ReadonlySet<number>> {
  const { clock, point, store, wake } = deps;
  const { found, unmatched } = await proofsOf(deps, account, receipts);
  await keepUnmatched(deps, account, unmatched, clock());
  const news = new Set<number>();
  for (const [distribution, placed] of found) {
    const proofs = placed.map(({ proof }) => proof);
    const now = clock();
    const heard = { accountId: account.accountId, at: came ?? now };
    const said = { distribution, proofs, resend: resendAsUsual, heard, now };
    const answer = await store.delivery.prove(said);
    point("proven");
    for (const index of answer.news) news.add(placed[index]?.at ?? -1);
  }
  if (news.size > 0) wake();
  return news;
}
