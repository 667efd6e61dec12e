/** A campaign by e-mail that sends a text message to whoever it does not reach, through two accounts. */
import type { Account } from "#domain/campaign/account.ts";
import type { Campaign } from "#domain/campaign/campaign.ts";
import type { Outcome, Outgoing } from "#server/providers/provider.ts";
import { createClock, driveUntil, openCore, type Clock, type DriveOptions } from "./drive.ts";
import { createFakeCarrier, deliveredAtOnce, openFake, type FakeAccount } from "./fake-carrier.ts";
import {
  accountId,
  aCampaign,
  anAccount,
  manyContacts,
  openTestStore,
  readCampaign,
  seedContacts,
  seedDocuments,
  workspace,
  type ContactSeed,
} from "./world.ts";

export const smsAccountId = accountId.replace("a1", "a2");

type Answer = (message: Outgoing, call: number) => Outcome;

export interface Falling {
  readonly contacts?: readonly ContactSeed[];
  readonly email?: Answer;
  readonly sms?: Answer;
  readonly emailAccount?: FakeAccount;
  readonly smsAccount?: FakeAccount;
  readonly stored?: Partial<Account>;
  readonly storedSms?: Partial<Account>;
  readonly campaign?: Partial<Campaign>;
  readonly text?: string;
}

export function refusedFor(reason: "not_capable" | "unknown_recipient" | "unreachable"): Outcome {
  return { outcome: "refused", reason, code: "x", words: "" };
}

export async function aFallingCampaign({
  contacts = manyContacts(10),
  email = () => deliveredAtOnce,
  sms = () => deliveredAtOnce,
  emailAccount = {},
  smsAccount = {},
  stored = {},
  storedSms = {},
  campaign = {},
  text = "Hi {{ first_name }}, call us.",
}: Falling) {
  const { store, db } = openTestStore();
  seedContacts(db, contacts);
  const second = anAccount({ id: smsAccountId, channel: "sms", name: "SMS", ...storedSms });
  await store.sync.commitWrites({
    workspace,
    expect: [],
    writes: [{ kind: "account", id: second.id, doc: second }],
    activity: null,
    now: 0,
  });
  const fallback = { accountId: smsAccountId, text };
  await seedDocuments(store, {
    campaign: aCampaign({ fallback, ...campaign }),
    account: anAccount(stored),
  });
  const mails = createFakeCarrier(email);
  const texts = createFakeCarrier(sms);
  const accounts = new Map([
    [accountId, openFake(mails.carrier, emailAccount)],
    [smsAccountId, { ...openFake(texts.carrier, smsAccount), sender: "+49" }],
  ]);
  const clock: Clock = createClock();
  const account: DriveOptions["account"] = (id) => accounts.get(id) ?? "there is no such account";
  const open = (over: Partial<DriveOptions> = {}) => openCore({ store, clock, account, ...over });
  const core = open();
  const until = (phase: Campaign["phase"], driven = core): Promise<void> =>
    driveUntil(driven, clock, async () => (await readCampaign(store)).phase === phase);
  return { store, db, mails, texts, clock, core, open, until };
}
