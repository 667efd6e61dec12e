/** A campaign whose provider answers as a test says, and a person who sends again. */
import type { Account } from "#domain/campaign/account.ts";
import type { Campaign } from "#domain/campaign/campaign.ts";
import type { Picked } from "#domain/message/again.ts";
import { decide } from "#domain/sync/decide.ts";
import { viewOf } from "#server/commands/view.ts";
import type { Outcome, Outgoing } from "#server/providers/provider.ts";
import { createClock, driveUntil, openCore } from "./drive.ts";
import { createFakeCarrier, openFake, type FakeAccount } from "./fake-carrier.ts";
import {
  aCampaign,
  anAccount,
  campaignId,
  manyContacts,
  openTestStore,
  readCampaign,
  seedContacts,
  seedDocuments,
  user,
  workspace,
} from "./world.ts";

export interface Retried {
  readonly people?: number;
  readonly answer: (message: Outgoing, call: number) => Outcome;
  readonly account?: FakeAccount;
  readonly stored?: Partial<Account>;
  readonly campaign?: Partial<Campaign>;
}

export async function aCampaignWith({
  people = 10,
  answer,
  account = {},
  stored = {},
  campaign = {},
}: Retried) {
  const { store, db } = openTestStore();
  seedContacts(db, manyContacts(people));
  const isKeyed = account.honoursKeys !== false;
  const provider = isKeyed ? "sandbox" : "smtp";
  await seedDocuments(store, {
    campaign: aCampaign(campaign),
    account: anAccount({ provider, ...stored }),
  });
  const fake = createFakeCarrier(answer);
  const clock = createClock();
  const core = openCore({ store, clock, account: openFake(fake.carrier, account) });
  const until = (phase: Campaign["phase"]): Promise<void> =>
    driveUntil(core, clock, async () => (await readCampaign(store)).phase === phase);
  /** As the command does it: the same rule, and its writes. */
  const retry = async (picks: readonly Picked[]) => {
    const keys = [
      ["campaign", campaignId],
      ["rollup", campaignId],
    ] as const;
    const view = viewOf(await store.sync.read({ workspace, keys }));
    const act = { name: "campaign.retry", args: { id: campaignId, picks } } as const;
    const access = { fieldMaySend: true, fieldSeesAddresses: true, managerSeesAddresses: true };
    const context = { now: clock.now, user, role: "admin", access, authority: true } as const;
    const decision = decide(view, act, context);
    if (decision.outcome !== "rejected") {
      const { writes } = decision;
      await store.sync.commitWrites({ workspace, expect: [], writes, activity: null, now: 0 });
    }
    return decision.outcome === "rejected" ? decision.refusal.type : decision.outcome;
  };
  return { store, db, fake, clock, core, until, retry };
}
