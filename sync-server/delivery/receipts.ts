/** From what a provider says later to proof about our messages. */
import type { Id } from "#domain/core/id.ts";
import { secondMs, type Instant } from "#domain/core/time.ts";
import { readReply } from "#domain/limits/reply-words.ts";
import type { Receipt } from "../providers/provider.ts";
import type { Heard } from "../store/limits-store.ts";
import type {
  AwaitingChunk,
  DeliveryStore,
  LookedAfter,
  PlaceOfMessage,
  Proof,
} from "../store/delivery-store.ts";
import type { OpenDistribution } from "../store/distribution.ts";
import type { EngineDeps, Keys, OpenAccount } from "./carriers.ts";
import { waysOf } from "./ways.ts";

/** Whoever calls back lives in the time of people. */
export const resendAsUsual = { scale: 1 };

export interface Proofs {
  /** By distribution, with the receipt's place in the list. */
  readonly found: ReadonlyMap<number, readonly PlacedProof[]>;
  /** A key that is not ours, or another account's, proves nothing. */
  readonly unmatched: readonly Receipt[];
}

export interface PlacedProof {
  readonly proof: Proof;
  readonly at: number;
}

/** Where distributions belong, which never changes: read once, as every receipt asks. */
export interface Places {
  /** undefined: it was not read yet. */
  known(distribution: number): PlaceOfMessage | undefined;
  read(distribution: number): Promise<PlaceOfMessage | null>;
}

/** As many are remembered; whoever makes keys up names any number. */
const placesKept = 1_000;

export function createPlaces(store: Pick<DeliveryStore, "placeOf">): Places {
  const places = new Map<number, PlaceOfMessage>();
  return {
    known: (distribution) => places.get(distribution),
    read: async (distribution) => {
      const place = await store.placeOf({ distribution });
      if (places.size >= placesKept) places.clear();
      if (place !== null) places.set(distribution, place);
      return place;
    },
  };
}

/** What receipts of an account prove. */
export async function proofsOf(
  { places, keys }: Pick<EngineDeps, "keys"> & { readonly places: Places },
  account: { readonly workspace: string; readonly accountId: string },
  receipts: readonly Receipt[],
): Promise<Proofs> {
  const found = new Map<number, PlacedProof[]>();
  const unmatched: Receipt[] = [];
  const missing = new Set<number>();
  const placeOf = async (distribution: number): Promise<PlaceOfMessage | null> => {
    if (missing.has(distribution)) return null;
    const place = await places.read(distribution);
    if (place === null) missing.add(distribution);
    return place;
  };
  for (const [at, receipt] of receipts.entries()) {
    const claimed = keys.read(receipt.key);
    if (claimed === null) {
      unmatched.push(receipt);
      continue;
    }
    const { distribution } = claimed;
    const place = places.known(distribution) ?? (await placeOf(distribution));
    if (!isOf(account, place) || !keys.verify(receipt.key, { ...place, ...claimed })) {
      unmatched.push(receipt);
      continue;
    }
    const list = found.get(distribution) ?? [];
    list.push({ proof: toProof(receipt, claimed), at });
    found.set(distribution, list);
  }
  return { found, unmatched };
}

export interface OwnerDeps {
  readonly store: { readonly delivery: Pick<DeliveryStore, "placeOf"> };
  readonly keys: Pick<Keys, "read" | "verify">;
}

/** The account through which the message of a key went; null when the key is none of the workspace's. */
export async function ownerOfKey(
  { store, keys }: OwnerDeps,
  workspace: Id,
  key: string,
): Promise<Id | null> {
  const claimed = keys.read(key);
  if (claimed === null) return null;
  const place = await store.delivery.placeOf({ distribution: claimed.distribution });
  const isTheirs = place?.workspace === workspace;
  return isTheirs && keys.verify(key, { ...place, ...claimed }) ? place.accountId : null;
}

/** Whether messages of the place went through the account: its own, or the one that it falls back to. */
export function isOf(
  { workspace, accountId }: { readonly workspace: string; readonly accountId: string },
  place: PlaceOfMessage | null,
): place is PlaceOfMessage {
  if (place === null || place.workspace !== workspace) return false;
  return place.accountId === accountId || place.secondAccountId === accountId;
}

/** Where something moved while it was looked at. */
const soonMs = secondMs / 2;

interface Looking {
  readonly distribution: OpenDistribution;
  readonly account: OpenAccount | string;
  readonly found: AwaitingChunk;
  readonly now: Instant;
}

/** The same for each way that messages of the chunk went; all are looked at again when the first of them is. */
export async function lookAfterAll(
  deps: Pick<EngineDeps, "keys" | "carriers">,
  { distribution, found, now }: Omit<Looking, "account">,
): Promise<readonly LookedAfter[]> {
  const looked: LookedAfter[] = [];
  const isEmpty = found.messages.length === 0;
  for (const way of waysOf(distribution)) {
    const messages = found.messages.filter((message) => message.way === way.way);
    // Of a way by which nobody waits nothing is due; where nobody waits at all, the chunk is told so.
    if (messages.length === 0 && !(isEmpty && way.way === "own")) continue;
    const account = await deps.carriers.open(way.workspace, way.accountId);
    const part = { distribution: way, account, found: { ...found, messages }, now };
    looked.push({ ...(await lookAfter(deps, part)), way: way.way });
  }
  const times = looked.flatMap(({ nextAt }) => nextAt ?? []);
  const nextAt = times.length === 0 ? null : Math.min(...times);
  return looked.map((each) => ({ ...each, nextAt }));
}

/** Asks a provider that is asked, and tells whose time for proof is over. */
async function lookAfter(
  { keys }: Pick<EngineDeps, "keys">,
  { distribution, account, found, now }: Looking,
): Promise<LookedAfter> {
  const { k, ver, messages } = found;
  const looked = { distribution: distribution.seq, k, ver, soonAt: now + soonMs, now };
  if (typeof account === "string") {
    return { ...looked, proofs: [], unconfirmedBefore: now, nextAt: null };
  }
  const { carrier, provider } = account;
  const unconfirmedBefore = now - provider.receiptWindowMs;
  const resend = { scale: provider.resendScale };
  // None began later than now, whatever a clock that ran ahead has written.
  const oldest = Math.min(now, ...messages.map(({ at }) => at));
  const windowEnd = oldest + provider.receiptWindowMs;
  if (carrier.ask === undefined) {
    return {
      ...looked,
      proofs: [],
      unconfirmedBefore,
      nextAt: Math.max(windowEnd, now + 1),
      resend,
    };
  }
  const { workspace, campaignId, keyForm, seq } = distribution;
  const byKey = new Map(
    messages.map(({ n, gen, address, state, at }) => {
      const key = keys.of({ workspace, campaignId, distribution: seq, n, gen, keyForm });
      return [key, { n, gen, asked: { key, to: address, state, since: at } }];
    }),
  );
  const answer = await carrier.ask(
    [...byKey.values()].map(({ asked }) => asked),
    now,
  );
  const proofs = answer.receipts.flatMap((receipt) => {
    const of = byKey.get(receipt.key);
    return of === undefined ? [] : [toProof(receipt, of)];
  });
  const nextAt = Math.max(now + 1, Math.min(answer.nextAt ?? windowEnd, windowEnd));
  const heard = (answer.replies ?? []).flatMap(({ from, text, key, at }): Heard[] => {
    const of = key === null ? undefined : byKey.get(key);
    const what = readReply(text);
    if (of === undefined || what === null) return [];
    return [{ address: from, what, at, message: { distribution: distribution.seq, n: of.n } }];
  });
  return { ...looked, proofs, heard, unconfirmedBefore, nextAt, resend };
}

function toProof(
  { state, at, reason, code, words, carrier }: Receipt,
  { n, gen }: { readonly n: number; readonly gen: number },
): Proof {
  const proof = { n, gen, state, at, reason, code, words };
  return carrier === undefined ? proof : { ...proof, carrier };
}
