/**
 * What a provider says of itself to people: plain data, so that a device keeps it with the
 * workspace and draws accounts and their forms without a network, whatever providers there are.
 */
import type { Channel } from "./channel.ts";

/** Small letters, digits and dashes. Which there are is the server's to say. */
export type ProviderName = string;

export const providerNamePattern = /^[a-z][a-z0-9-]{0,39}$/;

export type SettingValue = string | number | boolean;

/** One setting of a provider, as a field of a form. */
export interface SettingField {
  /** Of the setting, as REST names it. */
  readonly name: string;
  readonly label: string;
  /** A `secret` is never shown again once it is set. */
  readonly kind: "text" | "number" | "secret" | "choice" | "switch";
  /** What a new account starts with. */
  readonly default: SettingValue;
  /** May stay empty. */
  readonly optional?: true;
  readonly hint?: string;
  /** Of a choice. */
  readonly choices?: readonly { readonly value: string; readonly label: string }[];
  /** Matters only while each of these settings has one of these values. */
  readonly shownIf?: Readonly<Record<string, readonly SettingValue[]>>;
  /** Seldom changed: it stands behind a fold. */
  readonly group?: "advanced";
}

export interface ProviderDescription {
  readonly name: ProviderName;
  readonly title: string;
  /** What it is for, in a sentence. */
  readonly hint: string;
  readonly channels: readonly Channel[];
  readonly fields: readonly SettingField[];
  /** Where an account leads to, in a few words: names of settings in braces, as `{host}:{port}`. */
  readonly line: string;
  /** Whether a repeated key acts once: `kept` for ever, `forgotten` after some time, or `ignored`. */
  readonly keys: "kept" | "forgotten" | "ignored";
  /** How long proof of an unknown outcome is waited for, where nobody chose another time. */
  readonly resolveWindowMs: number;
}

/** What may be seen of the settings of an account, or what stands in a form. */
type Summary = Readonly<Record<string, SettingValue>>;

/** Where an account leads to; what is not known of it is a question mark. */
export function lineOf({ line }: Pick<ProviderDescription, "line">, summary: Summary): string {
  return line.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(summary[name] ?? "?"));
}

/** The names that a line holds in braces. */
export function namesInLine(line: string): readonly string[] {
  return [...line.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
}

/** Whether a field matters with these values. */
export function isShown({ shownIf = {} }: SettingField, values: Summary): boolean {
  return Object.entries(shownIf).every(([name, wanted]) =>
    wanted.some((value) => value === values[name]),
  );
}
