/** A frozen campaign by SMS to numbers of several carriers, and what is heard of its messages. */
import type { Proof, Settlement } from "#server/store/delivery-store.ts";
import {
  aCampaign,
  anAccount,
  campaignId,
  openTestStore,
  seedContacts,
  seedDocuments,
  startOfTime as now,
  workspace,
  type OpenStore,
} from "./world.ts";

export const smsDistribution = 1;

/** Numbers of three carriers in two countries, and of none that its range tells. */
const numbers = ["+4915112", "+4916212", "+4475123", "+121255"];

export async function openSms(people: number): Promise<OpenStore> {
  const opened = openTestStore();
  const contacts = Array.from({ length: people }, (_, n) => ({
    phone: `${numbers[n % numbers.length]}${String(10_000 + n)}`,
  }));
  seedContacts(opened.db, contacts);
  const content = { subject: "", text: "x".repeat(200), html: "" };
  await seedDocuments(opened.store, {
    campaign: aCampaign({ type: "sms", content }),
    account: anAccount({ channel: "sms" }),
  });
  const { delivery } = opened.store;
  await delivery.launch({ workspace, campaignId, keyed: ["sandbox"], now });
  const frozen = await delivery.freeze({ distribution: smsDistribution, batch: 5_000, now });
  if (frozen !== "frozen") throw new Error(`it was not frozen: ${frozen}`);
  return opened;
}

/** The result of a first call: taken, if nothing else is said. */
export function aSettlement(n: number, over: Partial<Settlement> = {}): Settlement {
  const state = { state: "submitted", reason: "none", at: now, segments: 2 } as const;
  const call = { gen: 1, try: 1, dueAt: null, renews: false, counts: true };
  return { n, ...call, ...state, providerId: null, attempt: null, ...over };
}

export function aProof(n: number, over: Partial<Proof> = {}): Proof {
  return { n, gen: 1, state: "delivered", reason: "none", at: now, code: "", words: "", ...over };
}
