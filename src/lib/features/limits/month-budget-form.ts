/** The month's budget as a person types it, and the way back. */
import type { MonthBudget } from "#domain/limits/budget.ts";

export interface MonthBudgetForm {
  readonly zone: string;
  /** "" where there is no limit, as in those below. */
  readonly amount: string;
  readonly currency: string;
  readonly sms: string;
  readonly email: string;
}

export function formOf({ zone, money, units }: MonthBudget): MonthBudgetForm {
  return {
    zone,
    amount: typed(money?.amount ?? null),
    currency: money?.currency ?? "EUR",
    sms: typed(units.sms),
    email: typed(units.email),
  };
}

function typed(value: number | null): string {
  return value === null ? "" : String(value);
}

export type MonthBudgetProblems = Partial<Record<keyof MonthBudgetForm, string>>;

export function problemsOf({ amount, currency, sms, email }: MonthBudgetForm): MonthBudgetProblems {
  const problems: MonthBudgetProblems = {};
  if (!/^(?:\d{1,9}(?:[.,]\d+)?)?$/.test(amount.trim())) {
    problems.amount = "Enter an amount, 1500 for example";
  }
  if (amount.trim() !== "" && !/^[a-z]{3}$/i.test(currency.trim())) {
    problems.currency = "Enter three letters, EUR for example";
  }
  if (!isCount(sms)) problems.sms = "Enter a whole number";
  if (!isCount(email)) problems.email = "Enter a whole number";
  return problems;
}

export function budgetOf({ zone, amount, currency, sms, email }: MonthBudgetForm): MonthBudget {
  const money = numberOf(amount.replace(",", "."));
  return {
    zone,
    money: money === null ? null : { currency: currency.trim().toUpperCase(), amount: money },
    units: { email: numberOf(email), sms: numberOf(sms) },
  };
}

function isCount(text: string): boolean {
  return /^\d{0,9}$/.test(text.trim());
}

function numberOf(text: string): number | null {
  return text.trim() === "" ? null : Number(text);
}
