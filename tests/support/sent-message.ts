/** A campaign whose messages are frozen in the app of a test, as a recipient's link needs them. */
import { randomUUIDv7 } from "node:crypto";
import type { Channel } from "#domain/campaign/channel.ts";
import type { TestApp } from "./test-app.ts";
import { aCampaign, anAccount, anAudience } from "./campaigns.ts";

export interface SentMessage {
  readonly workspace: string;
  readonly campaignId: string;
  readonly accountId: string;
  readonly distribution: number;
  /** The first message. */
  readonly n: number;
}

/** To everybody in the workspace, in the order in which they were added. */
export async function freezeCampaign(
  { store }: Pick<TestApp, "store">,
  { workspace, type = "email", now }: { workspace: string; type?: Channel; now: number },
): Promise<SentMessage> {
  const [campaignId, accountId, audienceId] = [randomUUIDv7(), randomUUIDv7(), randomUUIDv7()];
  const ids = { accountId, audienceId };
  const campaign = aCampaign({ id: campaignId, number: null, type, phase: "preparing", ...ids });
  const account = anAccount({ id: accountId, channel: type, provider: "webhook" });
  await store.sync.commitWrites({
    workspace,
    expect: [],
    writes: [
      { kind: "account", id: accountId, doc: account },
      { kind: "audience", id: audienceId, doc: anAudience({ id: audienceId }) },
      { kind: "campaign", id: campaignId, doc: campaign },
    ],
    activity: null,
    now,
  });
  await store.delivery.launch({ workspace, campaignId, keyed: ["webhook"], now });
  const { open } = await store.delivery.work({ now });
  const distribution = open.find((each) => each.campaignId === campaignId)?.seq;
  if (distribution === undefined) throw new Error("the campaign was not launched");
  await store.delivery.freeze({ distribution, batch: 1_000, now });
  return { workspace, campaignId, accountId, distribution, n: 1 };
}
