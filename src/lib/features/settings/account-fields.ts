/** The settings of a provider as a form fills them in, and the way between the two. */
import type { Account } from "#domain/campaign/account.ts";
import { limitsOf } from "#domain/campaign/account.ts";
import {
  isShown,
  lineOf,
  type ProviderDescription,
  type SettingField,
  type SettingValue,
} from "#domain/campaign/provider.ts";

/** What stands in the fields: numbers as they were typed. */
export type FieldValues = Record<string, string | boolean>;

type Described = Pick<ProviderDescription, "fields">;

/** What the form shows: of an account what may be seen, otherwise the defaults. Secrets are never shown. */
export function valuesOf({ fields }: Described, account: Account | undefined): FieldValues {
  return Object.fromEntries(
    fields.map(({ name, kind, default: first }) => {
      const known = kind === "secret" ? undefined : account?.summary[name];
      return [name, typed(known ?? first)];
    }),
  );
}

function typed(value: SettingValue): string | boolean {
  return typeof value === "number" ? String(value) : value;
}

/** The fields that matter with these values. */
export function fieldsFor({ fields }: Described, values: FieldValues): readonly SettingField[] {
  return fields.filter((field) => isShown(field, values));
}

/** What is sent. An empty secret is left out: the server keeps the one it has. */
export function settingsOf(
  described: Described,
  values: FieldValues,
): Record<string, SettingValue> {
  const entries: [string, SettingValue][] = [];
  for (const { name, kind, optional } of fieldsFor(described, values)) {
    const value = values[name] ?? "";
    if (typeof value === "boolean") entries.push([name, value]);
    else if (kind === "number") {
      if (value.trim() !== "") entries.push([name, Number(value)]);
    } else if (value !== "" || (kind !== "secret" && kind !== "choice" && !optional))
      entries.push([name, value.trim()]);
  }
  return Object.fromEntries(entries);
}

export interface FieldProblem {
  readonly field: string;
  readonly text: string;
}

/** What can be told without asking the server. */
export function checkValues(described: Described, values: FieldValues): FieldProblem[] {
  return fieldsFor(described, values).flatMap(({ name, label, kind, optional }) => {
    const value = values[name];
    if (typeof value !== "string" || kind === "secret") return [];
    const isEmpty = value.trim() === "";
    if (isEmpty && !optional) return [{ field: name, text: `Fill in: ${label}` }];
    const isNumber = isEmpty || Number.isFinite(Number(value));
    return kind === "number" && !isNumber ? [{ field: name, text: "Enter a number" }] : [];
  });
}

/** Where an account leads to, in a few words; of a provider that is not known only how fast it goes. */
export function summaryText(account: Account, described: ProviderDescription | undefined): string {
  const { perSecond } = limitsOf(account);
  const pace = perSecond === null ? "no limit" : `${perSecond} a second`;
  return described === undefined ? pace : `${lineOf(described, account.summary)}, ${pace}`;
}

/** Whether a person decides what becomes of unknown outcomes: no key settles them, or not for ever. */
export function asksOnUnknown(
  { keys }: Pick<ProviderDescription, "keys">,
  values: Readonly<Record<string, SettingValue>>,
): boolean {
  return keys !== "kept" || values["ignoresKeys"] === true;
}
