/** An account's limits and guards as a form types them, and the way back. */
import {
  defaultLimits,
  guardsOf,
  limitsOf,
  type Account,
  type Limits,
} from "#domain/campaign/account.ts";
import type { Price } from "#domain/campaign/price.ts";
import { defaultGuards, type Guards } from "#domain/message/breaker.ts";
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
}

export function limitValuesOf(account: Account | undefined): LimitValues {
  const limits = account === undefined ? defaultLimits : limitsOf(account);
  const guards = account === undefined ? defaultGuards : guardsOf(account);
  return {
    perSecond: typed(limits.perSecond),
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
    perUnit: typed(account?.price?.perUnit ?? null),
    currency: account?.price?.currency ?? "EUR",
  };
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

export function toGuards({ autoResume, breaker, failurePercent }: LimitValues): Guards {
  return { autoResume, breaker, failurePercent: numberOf(failurePercent) };
}

/** Without a price only segments are told. */
export function toPrice({ currency, perUnit }: LimitValues): Price | null {
  const price = numberOf(perUnit.replace(",", "."));
  return price === null ? null : { currency: currency.trim().toUpperCase(), perUnit: price };
}

function typed(value: number | null): string {
  return value === null ? "" : String(value);
}

function numberOf(text: string): number | null {
  return text.trim() === "" ? null : Number(text);
}
