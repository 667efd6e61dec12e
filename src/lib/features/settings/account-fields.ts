/** The settings of each provider as fields of a form, and the way between the two. */
import type { Account, ProviderName } from "#domain/campaign/account.ts";
import type { AccountField, FieldValues } from "./account-field.ts";
import { smtpFields } from "./smtp-fields.ts";

export const providerLooks = {
  smtp: { label: "SMTP", hint: "Your own mail server or a relay. Delivers real e-mail." },
  webhook: { label: "Webhook", hint: "Each message is posted to an address of yours." },
  sandbox: {
    label: "Sandbox",
    hint: "A simulated carrier for trying things out. Writes to nobody.",
  },
} as const satisfies Record<ProviderName, { readonly label: string; readonly hint: string }>;

export const accountFields: Readonly<Record<ProviderName, readonly AccountField[]>> = {
  smtp: smtpFields,
  webhook: [
    {
      key: "url",
      label: "Address",
      kind: "text",
      start: "",
      hint: "Like https://example.org/send",
    },
    {
      key: "secret",
      label: "Secret",
      kind: "secret",
      start: "",
      optional: true,
      hint: "Signs each request, so that the receiver can trust it.",
    },
    {
      key: "ignoresKeys",
      label: "The receiver does not look at keys",
      kind: "check",
      start: false,
      hint: "It would act twice on a repeated request. What is unknown then waits for a receipt.",
    },
  ],
  sandbox: [
    {
      key: "failurePercent",
      label: "Messages that fail (%)",
      kind: "number",
      start: "4",
    },
    {
      key: "unconfirmedPercent",
      label: "Messages without a receipt (%)",
      kind: "number",
      start: "2",
    },
    {
      key: "lostAnswerPercent",
      label: "Answers that get lost (%)",
      kind: "number",
      start: "0",
      hint: "Accepted, but the carrier's answer never arrives.",
    },
    { key: "latencyMs", label: "Time to answer (ms)", kind: "number", start: "40" },
    { key: "receiptDelayMs", label: "Receipts come after (ms)", kind: "number", start: "2000" },
    {
      key: "perSecond",
      label: "The carrier's limit a second",
      kind: "number",
      start: "0",
      hint: "0: no limit",
    },
    {
      key: "stopPercent",
      label: "Recipients who answer STOP (%)",
      kind: "number",
      start: "0",
    },
    {
      key: "actsOnContacts",
      label: "Simulated bounces and replies count",
      kind: "check",
      start: false,
      hint: "They suppress addresses and withdraw consent, as real ones do. Only for contacts made up for trying things out.",
    },
    {
      key: "seed",
      label: "Seed",
      kind: "text",
      start: "",
      optional: true,
      hint: "Another seed, another luck.",
    },
  ],
};

/** What the form shows: of an account what may be seen, otherwise the start. Secrets are never shown. */
export function valuesOf(provider: ProviderName, account: Account | undefined): FieldValues {
  return Object.fromEntries(
    accountFields[provider].map(({ key, kind, start }) => [
      key,
      kind === "secret" || account === undefined ? start : shown(account.summary[key], start),
    ]),
  );
}

function shown(
  value: string | number | boolean | undefined,
  start: string | boolean,
): string | boolean {
  if (typeof start === "boolean") return value === true;
  return value === undefined ? start : String(value);
}

/** The fields that matter with these values. */
export function fieldsFor(provider: ProviderName, values: FieldValues): readonly AccountField[] {
  return accountFields[provider].filter(({ shownIf }) => shownIf?.(values) ?? true);
}

/** What is sent. An empty secret is left out: the server keeps the one it has. */
export function settingsOf(
  provider: ProviderName,
  values: FieldValues,
): Record<string, string | number | boolean> {
  const entries: [string, string | number | boolean][] = [];
  for (const { key, kind, optional } of fieldsFor(provider, values)) {
    const value = values[key] ?? "";
    if (typeof value === "boolean") entries.push([key, value]);
    else if (kind === "number") entries.push([key, Number(value)]);
    else if (value !== "" || (kind !== "secret" && kind !== "choice" && !optional))
      entries.push([key, value.trim()]);
  }
  return Object.fromEntries(entries);
}

export interface FieldProblem {
  readonly field: string;
  readonly text: string;
}

/** What can be told without asking the server. */
export function checkValues(provider: ProviderName, values: FieldValues): FieldProblem[] {
  return fieldsFor(provider, values).flatMap(({ key, label, kind, optional }) => {
    const value = values[key];
    if (typeof value !== "string" || kind === "secret") return [];
    const isEmpty = value.trim() === "";
    if (isEmpty && !optional) return [{ field: key, text: `Fill in: ${label}` }];
    const isNumber = isEmpty || Number.isFinite(Number(value));
    return kind === "number" && !isNumber ? [{ field: key, text: "Enter a number" }] : [];
  });
}
