/** An account's limits and guards as a form types them, and the way back. */
import {
  defaultLimits,
  guardsOf,
  limitsOf,
  type Account,
  type Limits,
} from "#domain/campaign/account.ts";
import { readRates } from "#domain/campaign/rates-text.ts";
import type { Price, Rate } from "#domain/campaign/price.ts";
import { defaultGuards, type Guards } from "#domain/message/breaker.ts";
import type { FieldProblem } from "./account-fields.ts";
import { usualWarmUp } from "#domain/message/warm-up.ts";

/** Numbers as they are typed; "" where there is no limit. */
export interface LimitValues {
  perSecond: string;
  concurrency: string;
  perSender: string;
  perDomain: string;
  pairSeconds: string;
  isNewSender: boolean;
  firstDay: string;
  fullDay: string;
  failurePercent: string;
  breaker: Guards["breaker"];
  autoResume: Guards["autoResume"];
  perUnit: string;
  currency: string;
  /** A prefix and its price on each line. */
  rates: string;
}

/** What stands in the form: of a new account, `usual` messages a second. */
export function limitValuesOf(
  account: Account | undefined,
  usual: number | null = null,
): LimitValues {
  const limits = account === undefined ? defaultLimits : limitsOf(account);
  const guards = account === undefined ? defaultGuards : guardsOf(account);
  return {
    perSecond: typed(account === undefined ? usual : limits.perSecond),
    concurrency: typed(limits.concurrency),
    perSender: typed(limits.perSender),
    perDomain: typed(limits.perDomain),
    pairSeconds: typed(limits.pairSeconds),
    isNewSender: limits.warmUp !== null,
    firstDay: typed((limits.warmUp ?? usualWarmUp).firstDay),
    fullDay: typed((limits.warmUp ?? usualWarmUp).fullDay),
    failurePercent: typed(guards.failurePercent),
    breaker: guards.breaker,
    autoResume: guards.autoResume,
    ...priceValuesOf(account?.price ?? null),
  };
}

function priceValuesOf(price: Price | null): Pick<LimitValues, "perUnit" | "currency" | "rates"> {
  if (price === null) return { perUnit: "", currency: "EUR", rates: "" };
  const { perUnit, currency, rates = [] } = price;
  return { perUnit: typed(perUnit), currency, rates: rates.map(lineOfRate).join("\n") };
}

export function toLimits(values: LimitValues): Limits {
  return {
    perSecond: numberOf(values.perSecond),
    concurrency: Number(values.concurrency),
    perSender: numberOf(values.perSender),
    perDomain: numberOf(values.perDomain),
    pairSeconds: numberOf(values.pairSeconds),
    warmUp: values.isNewSender
      ? { firstDay: Number(values.firstDay), fullDay: Number(values.fullDay) }
      : null,
  };
}

/** The speed in the field once another one is usual: what somebody typed or emptied stays. */
export function speedAfter(field: string, was: number | null, usual: number | null): string {
  return field === typed(was) ? typed(usual) : field;
}

export function toGuards({ autoResume, breaker, failurePercent }: LimitValues): Guards {
  return { autoResume, breaker, failurePercent: numberOf(failurePercent) };
}

/** Without a price only segments are told. */
export function toPrice({ currency, perUnit, rates }: LimitValues): Price | null {
  const price = numberOf(perUnit.replace(",", "."));
  if (price === null) return null;
  const usual = { currency: currency.trim().toUpperCase(), perUnit: price };
  const read = readRates(rates);
  return read.ok && read.value.length > 0 ? { ...usual, rates: read.value } : usual;
}

/** What keeps the prices by prefix from being read; they count where there is a price at all. */
export function ratesProblems({ perUnit, rates }: LimitValues): readonly FieldProblem[] {
  const read = readRates(rates);
  if (read.ok || perUnit.trim() === "") return [];
  return [{ field: "rates", text: read.error }];
}

function lineOfRate({ prefix, perUnit }: Rate): string {
  return `${prefix} ${perUnit}`;
}

function typed(value: number | null): string {
  return value === null ? "" : String(value);
}

function numberOf(text: string): number | null {
  return text.trim() === "" ? null : Number(text);
}
