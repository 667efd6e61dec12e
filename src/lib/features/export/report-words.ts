/** What every picture and file of a report says of itself. */
import { headline } from "#domain/report/headline.ts";
import { snapshotOf } from "#domain/report/snapshot.ts";
import { formatDateTime, formatNumber } from "#lib/i18n/format.ts";
import { counterWords } from "#lib/i18n/state-words.ts";
import type { App } from "#lib/state/app-context.ts";
import type { CampaignRow } from "#lib/state/campaigns.svelte.ts";

type Facts = readonly (readonly [name: string, value: string])[];

export function factsOf(
  { campaign, rollup }: CampaignRow,
  { now, sync }: Pick<App, "now" | "sync">,
): Facts {
  const facts: [string, string][] = [];
  if (campaign.number !== null) facts.push(["Campaign", `No. ${campaign.number}`]);
  if (rollup === null) return facts;
  // What the server did not change since is true as of the last contact with it.
  const asOf = sync.status === "live" ? now() : Math.max(rollup.at, sync.lastContactAt ?? 0);
  return [...facts, ["As of", formatDateTime(asOf)], ["Snapshot", snapshotOf(rollup)]];
}

/** The counters as the report begins with them. */
export function countersOf({ rollup }: CampaignRow): Facts {
  if (rollup === null) return [];
  const counters = new Map(Object.entries(headline(rollup)));
  // By the words' own names: names listed here would be translated as words.
  return Object.entries(counterWords).map(([name, { label }]) => {
    return [label, formatNumber(counters.get(name) ?? 0)];
  });
}

/** In one line. */
export function noteOf(row: CampaignRow, app: Pick<App, "now" | "sync">): string {
  const facts = factsOf(row, app).map(([name, value]) => `${name} ${value}`);
  return [row.campaign.name, ...facts].join(" · ");
}
