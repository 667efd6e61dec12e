/** How much a workspace may spend in a month, over REST. */
import { isZone } from "#domain/schedule/wall-time.ts";
import * as v from "valibot";
import { budgetUnits, money } from "../command.ts";
import { count } from "../value.ts";

const limit = v.nullable(budgetUnits);

/** The whole of it; null where there is no limit. */
export const monthBudget = v.strictObject({
  /** IANA zone in which a month begins. */
  zone: v.pipe(
    v.string(),
    v.maxLength(64),
    v.check(isZone, "must be a time zone as Europe/Berlin"),
  ),
  /** Over all accounts whose price is in its currency. */
  money: v.nullable(money),
  /** SMS segments, and e-mails. */
  units: v.strictObject({ email: limit, sms: limit }),
});

export const budgetAnswer = v.object({
  budget: monthBudget,
  /** `2026-11`. */
  month: v.string(),
  /** Charged for or under way in it; a sandbox is left out. */
  spent: v.array(
    v.object({
      channel: v.string(),
      /** "": the accounts had no price. */
      currency: v.string(),
      units: count,
      amount: v.number(),
    }),
  ),
});

export type BudgetAnswer = v.InferOutput<typeof budgetAnswer>;
