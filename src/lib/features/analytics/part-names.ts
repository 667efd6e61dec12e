/** What the parts of a breakdown are called, and where they lead. */
import type { Dimension } from "#domain/analytics/breakdown.ts";
import type { CampaignKind } from "#domain/analytics/counted.ts";
import { channels } from "#domain/campaign/channel.ts";
import { channelWords } from "#lib/i18n/state-words.ts";
import type { App } from "#lib/state/app-context.ts";
import { usualView, viewHref } from "./view.ts";
import { hourName, kindWords, partWords, weekdayName } from "./words.ts";

type Known = Pick<App, "campaigns" | "accounts">;

const kinds: Readonly<Record<CampaignKind, string>> = kindWords;

export function partNames({ campaigns, accounts }: Known, by: Dimension): (key: string) => string {
  const names: Record<Dimension, (key: string) => string | undefined> = {
    campaign: (key) => campaigns.byId(key)?.campaign.name ?? deletedName(campaigns, key),
    channel: (key) => channelWords[channels.find((each) => each === key) ?? "email"],
    kind: (key) => Object.entries(kinds).find(([kind]) => kind === key)?.[1],
    account: (key) => accounts.byId(key)?.name,
    hour: (key) => `${hourName(Number(key))} to ${hourName((Number(key) + 1) % 24)}`,
    weekday: (key) => weekdayName(Number(key)),
  };
  return (key) => partWords[key] ?? names[by](key) ?? "Deleted";
}

/** Its name, where it was deleted and counts on. */
function deletedName({ counted }: Known["campaigns"], id: string): string | undefined {
  const name = counted.find(({ campaign }) => campaign.id === id)?.campaign.name;
  return name === undefined ? undefined : `${name} (deleted)`;
}

/** null: it leads nowhere. */
export function partHref(
  { campaigns }: Pick<Known, "campaigns">,
  by: Dimension,
  key: string,
  tab: string,
): string | null {
  if (partWords[key] !== undefined) return null;
  if (by === "campaign" && campaigns.byId(key) === undefined) return null;
  if (by === "campaign") return `/campaigns/${key}`;
  const channel = channels.find((each) => each === key);
  return by === "channel" && channel !== undefined
    ? viewHref(tab, { ...usualView, channels: [channel] })
    : null;
}
