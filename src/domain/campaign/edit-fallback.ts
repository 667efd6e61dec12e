/** The text message that stands in for what does not reach somebody: how it is edited, and what it has to fit. */
import type { CommandArgs } from "../sync/command.ts";
import { rejected, type Decision, type Lost, type View } from "../sync/decision.ts";
import { mergeField } from "../sync/merge.ts";
import type { Account } from "./account.ts";
import type { Campaign } from "./campaign.ts";
import { fallbackChannel, fallbackOf, fallingOf, mayFallBack, toFallback } from "./fallback.ts";

/** A campaign that never had one goes on without this field. */
export function mergeFallback(
  known: Campaign,
  { fallback: change }: Pick<CommandArgs["campaign.edit"], "fallback">,
  lost: Lost[],
): Pick<Campaign, "fallback"> {
  if (change === undefined) return fallingOf(known);
  const { accountId, text } = fallbackOf(known) ?? { accountId: null, text: "" };
  const fallback = toFallback({
    accountId: mergeField("fallback.accountId", accountId, change.accountId, lost),
    text: mergeField("fallback.text", text, change.text, lost),
  });
  return { fallback };
}

/** Text messages have nothing to fall back to, and codes are given out by one channel; null where it may have one. */
export function checkFallback(
  campaign: Pick<Campaign, "type" | "fallback" | "codePoolId">,
): Decision | null {
  if (fallbackOf(campaign) === null) return null;
  if (!mayFallBack(campaign.type)) {
    const message = "only a campaign of another channel can send a text message instead";
    return rejected("invalid", "fallback", { message });
  }
  if ((campaign.codePoolId ?? null) === null) return null;
  const message = "a campaign that gives out codes cannot send a text message instead";
  return rejected("invalid", "fallback", { message });
}

/** What of it an edit of what was launched may not change; null: nothing but its text does. */
export function frozenInFallback(
  known: Pick<Campaign, "fallback">,
  planned: Pick<Campaign, "fallback">,
): "fallback" | "fallback.accountId" | null {
  const [was, is] = [fallbackOf(known), fallbackOf(planned)];
  if (was === null || is === null) return was === is ? null : "fallback";
  return was.accountId === is.accountId ? null : "fallback.accountId";
}

/** Whether the second account exists and carries text messages, at a price that adds up with the first one's. */
export function checkFallbackAccount(view: View, campaign: Campaign): Decision | null {
  const id = fallbackOf(campaign)?.accountId ?? null;
  if (id === null) return null;
  const account = view.get("account", id);
  if (account === undefined) return rejected("account_gone", "fallback.accountId");
  if (account.channel !== fallbackChannel) {
    const detail = { account: account.channel, campaign: fallbackChannel };
    return rejected("channel_mismatch", "fallback.accountId", detail);
  }
  const own = campaign.accountId === null ? undefined : view.get("account", campaign.accountId);
  return own === undefined ? null : checkCurrency(own, account);
}

function checkCurrency(own: Account, second: Account): Decision | null {
  const [currency, price] = [own.price?.currency, second.price ?? null];
  if (price === null || currency === undefined || price.currency === currency) return null;
  const message = `is priced in ${price.currency}, the campaign's account in ${currency}: a report has one currency`;
  return rejected("invalid", "fallback.accountId", { message });
}
