/** Builders of what limits people's messages. */
import type { Suppression } from "#domain/limits/suppression.ts";

export function aSuppression(over: Partial<Suppression> = {}): Suppression {
  return {
    kind: "email",
    address: "person1@example.org",
    reason: "by_hand",
    source: "by hand",
    note: "",
    at: 1,
    until: null,
    by: null,
    campaignId: null,
    ...over,
  };
}
