import { limitsOf, type Account } from "#domain/campaign/account.ts";

/** Where an account leads to, in a few words. */
export function summaryText(account: Account): string {
  const { provider, summary } = account;
  const { perSecond } = limitsOf(account);
  const pace = perSecond === null ? "no limit" : `${perSecond} a second`;
  switch (provider) {
    case "smtp":
      return `${summary["host"] ?? "?"}:${summary["port"] ?? "?"} as ${summary["from"] ?? "?"}, ${pace}`;
    case "webhook":
      return `${summary["url"] ?? "?"}, ${pace}`;
    case "sandbox":
      return `${summary["failurePercent"] ?? 0}% fail, ${pace}`;
  }
}
