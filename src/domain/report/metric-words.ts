/** What the key figures of a campaign are called, and what they mean. */

export interface MetricWords {
  readonly label: string;
  /** What it means, in one sentence. */
  readonly definition: string;
  /** The parts of the formula in words: `n` ÷ `of`. */
  readonly formula: { readonly n: string; readonly of: string };
}

export const metricWords = {
  submitted: {
    label: "Submitted",
    definition: "The provider took the message, whatever became of it then.",
    formula: { n: "submitted", of: "recipients" },
  },
  delivered: {
    label: "Delivered",
    definition: "A receipt confirms that the message arrived.",
    formula: { n: "delivered", of: "submitted" },
  },
  unconfirmed: {
    label: "Not confirmed",
    definition: "Submitted, and no receipt says yet that it arrived or that it did not.",
    formula: { n: "not confirmed", of: "submitted" },
  },
  opened: {
    label: "Opened",
    definition:
      "The message was shown at least once. Some readers are not seen, some programs open by themselves: compare, do not count on it.",
    formula: { n: "opened", of: "delivered" },
  },
  clicked: {
    label: "Clicked",
    definition: "A person followed at least one of its links; what scanners follow does not count.",
    formula: { n: "clicked", of: "delivered" },
  },
  bounced: {
    label: "Bounced",
    definition: "The other side refused the message, at once or after it was accepted.",
    formula: { n: "refused", of: "submitted or refused" },
  },
  failed: {
    label: "Failed",
    definition: "It could not be handed over, or the provider or the carrier refused it.",
    formula: { n: "failed", of: "recipients" },
  },
  complained: {
    label: "Complained",
    definition: "The recipient reported the message as unwanted.",
    formula: { n: "complaints", of: "delivered" },
  },
  unsubscribed: {
    label: "Unsubscribed",
    definition: "The recipient withdrew the consent through this message.",
    formula: { n: "unsubscribed", of: "delivered" },
  },
  redeemed: {
    label: "Redeemed",
    definition: "Codes that this campaign gave out and that were redeemed at least once.",
    formula: { n: "redeemed codes", of: "codes given out" },
  },
  segments: {
    label: "Segments",
    definition: "Parts of SMS that the provider took: what the carrier counts and charges.",
    formula: { n: "segments", of: "messages submitted" },
  },
  cost: {
    label: "Cost",
    definition: "Every send that a provider took, at the price of the launch.",
    formula: { n: "cost so far", of: "delivered" },
  },
  executed: {
    label: "Executed",
    definition: "The flow reported that it executed the message.",
    formula: { n: "executed", of: "submitted to the flow" },
  },
} as const satisfies Readonly<Record<string, MetricWords>>;
