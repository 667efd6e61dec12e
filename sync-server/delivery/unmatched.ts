/**
 * Receipts that match no message. One may come before we know what it is about, so each is tried
 * again for a quarter of an hour; after that it is counted and listed for the operator.
 */
import { minuteMs, type Instant } from "#domain/core/time.ts";
import type { Receipt } from "../providers/provider.ts";
import type { DeliveryStore } from "../store/delivery-store.ts";
import type { DueReceipt } from "../store/unmatched-store.ts";
import type { EngineDeps } from "./carriers.ts";
import { createPlaces, proofsOf, resendAsUsual, type Places } from "./receipts.ts";
import { withoutAddresses } from "./redact.ts";

interface AccountPlace {
  readonly workspace: string;
  readonly accountId: string;
}

type Deps = Pick<EngineDeps, "store" | "keys">;

const retryEveryMs = minuteMs;
const triedForMs = 15 * minuteMs;
const triedAtOnce = 100;
/** Where nobody is told of a key, its beginning is enough to know it again. */
const maxKey = 100;

export async function keepUnmatched(
  { store }: Deps,
  account: AccountPlace,
  receipts: readonly Receipt[],
  now: Instant,
): Promise<void> {
  if (receipts.length === 0) return;
  await store.delivery.keepUnmatched({
    ...account,
    receipts: receipts.map((receipt) => ({
      key: receipt.key.slice(0, maxKey),
      said: receipt.state,
      why: "unknown_key",
      words: withoutAddresses([receipt.code, receipt.words].join(" ").trim()),
      receipt: JSON.stringify({ ...receipt, words: withoutAddresses(receipt.words) }),
    })),
    retryAt: now + retryEveryMs,
    now,
  });
}

/** Receipts that nothing can be made of: listed at once, and not tried again. */
export async function listUnread(
  { store }: { readonly store: { readonly delivery: Pick<DeliveryStore, "keepUnmatched"> } },
  account: AccountPlace,
  receipts: readonly { readonly key: string; readonly said: string }[],
  now: Instant,
): Promise<void> {
  await store.delivery.keepUnmatched({
    ...account,
    receipts: receipts.map(({ key, said }) => ({
      key: key.slice(0, maxKey),
      said: withoutAddresses(said),
      why: "unknown_value" as const,
      words: "",
      receipt: null,
    })),
    retryAt: now,
    now,
  });
}

/** Tries again what is due; answers whether more is. */
export async function retryUnmatched(deps: Deps, now: Instant): Promise<boolean> {
  const due = await deps.store.delivery.dueUnmatched({ now, limit: triedAtOnce });
  const places = createPlaces(deps.store.delivery);
  for (const each of due) await retryOne({ ...deps, places }, each, now);
  return due.length === triedAtOnce;
}

async function retryOne(
  deps: Deps & { readonly places: Places },
  due: DueReceipt,
  now: Instant,
): Promise<void> {
  const { workspace, accountId, key, said } = due;
  const receipt: Receipt = JSON.parse(due.receipt);
  const { found, unmatched } = await proofsOf(deps, { workspace, accountId }, [receipt]);
  for (const [distribution, placed] of found) {
    const proofs = placed.map(({ proof }) => proof);
    await deps.store.delivery.prove({ distribution, proofs, resend: resendAsUsual, now });
  }
  const isOver = now - due.firstAt >= triedForMs || now < due.firstAt;
  const missed = isOver ? "given up" : "missed";
  await deps.store.delivery.retriedUnmatched({
    workspace,
    accountId,
    key,
    said,
    outcome: unmatched.length === 0 ? "matched" : missed,
    retryAt: now + retryEveryMs,
  });
}
