/** One setting of a provider as a field of a form. */
export type FieldValues = Record<string, string | boolean>;

export interface AccountField {
  readonly key: string;
  readonly label: string;
  readonly kind: "text" | "number" | "check" | "secret" | "choice";
  /** Of a choice. */
  readonly choices?: readonly { readonly value: string; readonly label: string }[];
  /** Whether it matters with these values; always when left out. */
  readonly shownIf?: (values: FieldValues) => boolean;
  readonly hint?: string;
  /** What a new account starts with. */
  readonly start: string | boolean;
  /** May stay empty. */
  readonly optional?: boolean;
}
