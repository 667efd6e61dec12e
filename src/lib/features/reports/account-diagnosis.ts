/** What whoever runs a provider needs to know to look into an account's trouble: no addresses, no secrets. */
import type { Account } from "#domain/campaign/account.ts";
import { reasonText } from "#domain/message/reason-text.ts";
import type { RepeatedTrouble } from "#domain/report/repeated-trouble.ts";

export function accountDiagnosis(
  { id, name, provider, channel, summary, standing }: Account,
  { reason, campaigns }: RepeatedTrouble,
): string {
  const where = summary["host"] ?? summary["url"] ?? "";
  return [
    `Account: ${name} (${id})`,
    `Provider: ${provider}, channel: ${channel}${where === "" ? "" : `, ${String(where)}`}`,
    `Trouble: ${reasonText(reason)} (${reason})`,
    ...(standing === null || standing === undefined || standing.detail === ""
      ? []
      : [`The provider's words: ${standing.detail}`]),
    `Campaigns of the last 20 that show it: ${campaigns.length}`,
    ...campaigns.map(
      ({ number, campaignId, launchedAt, n }) =>
        `- No. ${number ?? "?"} (${campaignId}), sent ${new Date(launchedAt).toISOString()}: ${n} messages`,
    ),
  ].join("\n");
}
