/** From a change of a campaign over REST to the command that makes it: what is left out stays as it is. */
import type { Campaign } from "#domain/campaign/campaign.ts";
import { fallbackOf, toFallback } from "#domain/campaign/fallback.ts";
import type { Act, Change, CommandArgs } from "#domain/sync/command.ts";
import type { CampaignCreate, CampaignPatch } from "#protocol/rest/campaign.ts";

/** The command that changes what is given. */
export function editOf(known: Campaign, patch: CampaignPatch): Act {
  const { content } = known;
  const { subject, text, html } = patch.content ?? {};
  const args = {
    id: known.id,
    ...given("name", known.name, patch.name),
    content: {
      ...given("subject", content.subject, subject),
      ...given("text", content.text, text),
      ...given("html", content.html, html),
    },
    ...given("audienceId", known.audienceId, patch.audienceId),
    ...given("accountId", known.accountId, patch.accountId),
    ...given("codePoolId", known.codePoolId ?? null, patch.codePoolId),
    ...given("codePolicy", known.codePolicy ?? "refuse", patch.codePolicy),
    ...given("trackLinks", known.trackLinks ?? false, patch.trackLinks),
    ...fallbackChange(known, patch),
    ...given("validUntil", known.validUntil ?? null, endOf(patch)),
    ...given("budget", known.budget ?? null, patch.budget),
  };
  return { name: "campaign.edit", args };
}

/** What a new campaign falls back to; nothing where that is left open. */
export function fallbackIn({ fallback }: CampaignCreate): Pick<Campaign, "fallback"> {
  if (fallback === undefined || fallback === null) return {};
  return { fallback: toFallback({ accountId: null, text: "", ...fallback }) };
}

function fallbackChange(
  known: Campaign,
  { fallback: wanted }: CampaignPatch,
): Pick<CommandArgs["campaign.edit"], "fallback"> {
  if (wanted === undefined) return {};
  const none = { accountId: null, text: "" };
  const { accountId, text } = fallbackOf(known) ?? none;
  const set = wanted ?? none;
  return {
    fallback: { ...given("accountId", accountId, set.accountId), ...given("text", text, set.text) },
  };
}

function endOf({ validUntil }: CampaignPatch): number | null | undefined {
  return typeof validUntil === "string" ? Date.parse(validUntil) : validUntil;
}

/** The change of one field; nothing when it is left out. */
function given<F extends string, T>(
  field: F,
  was: T,
  set: T | undefined,
): { [K in F]?: Change<T> } {
  const change: { [K in F]?: Change<T> } = {};
  if (set !== undefined) change[field] = { was, set };
  return change;
}
