/** Changing what a campaign may spend. */
import type { CommandArgs } from "../sync/command.ts";
import {
  accepted,
  rejected,
  type DecideContext,
  type Decision,
  type Lost,
  type View,
} from "../sync/decision.ts";
import { mergeField } from "../sync/merge.ts";
import { mustAsk } from "./approval.ts";
import type { Campaign } from "./campaign.ts";
import { expected } from "./expected.ts";
import { written } from "./launch.ts";
import { isEditable } from "./lifecycle.ts";

type Edit = CommandArgs["campaign.edit"];

/** Whether nothing else is changed. */
export function isBudgetAlone(args: Edit): boolean {
  const { id, budget, ...others } = args;
  const isAlone = Object.values(others).every(
    (other) => other === undefined || Object.keys(other).length === 0,
  );
  return id !== "" && budget !== undefined && isAlone;
}

/**
 * What a campaign may spend is changed at any time: more may be allowed to one that is over, before
 * it is sent again to whoever was left out. Where launches are approved, nobody raises it alone
 * once it was launched.
 */
export function editBudget(
  view: View,
  known: Campaign,
  args: Edit,
  context: DecideContext,
): Decision {
  const lost: Lost[] = [];
  const planned = { ...known, ...budgetAfter(known, args, lost) };
  const refused = checkBudget(view, planned);
  if (refused !== null) return refused;
  const isLaunched = !isEditable(expected(known).phase) || expected(known).phase === "scheduled";
  const isSame = JSON.stringify(planned.budget) === JSON.stringify(known.budget ?? null);
  if (isLaunched && !isSame && mustAsk(context)) {
    return rejected("needs_approval", "budget", { phase: known.phase });
  }
  return accepted([written(planned, context)], lost);
}

export function budgetAfter(
  known: Campaign,
  { budget }: Edit,
  lost: Lost[],
): Pick<Campaign, "budget"> {
  if (budget === undefined) return {};
  return { budget: mergeField("budget", known.budget ?? null, budget, lost) };
}

/** Money has to be that of the price, where the account is known: what it is not in buys nothing. */
function checkBudget(view: View, { budget = null, accountId }: Campaign): Decision | null {
  if (budget === null || "units" in budget || accountId === null) return null;
  const { currency } = budget.money;
  const account = view.get("account", accountId);
  if (account === undefined) return null;
  const { price = null } = account;
  if (price?.currency === currency) return null;
  const message =
    price === null
      ? "the account has no price: allow a number of segments or messages"
      : `the account's price is in ${price.currency}`;
  return rejected("invalid", "budget", { message });
}

/** The same, where the edit has to do with it. */
export function checkBudgetOf(view: View, planned: Campaign, args: Edit): Decision | null {
  const concerns = args.budget !== undefined || args.accountId !== undefined;
  return concerns ? checkBudget(view, planned) : null;
}
