/** What a person had typed in a command that was refused, by field, for showing it again: pure. */
import type { CommandName } from "#domain/sync/command.ts";
import type { Documents, Kind } from "#domain/sync/document.ts";
import { fieldName } from "#lib/i18n/refusal-words.ts";
import { formatDateTime } from "#lib/i18n/format.ts";

export interface TypedField {
  readonly name: string;
  readonly value: string;
}

/** Turns the id of an audience or an account into its name. */
export type NameOf = (field: "audienceId" | "accountId", id: string) => string;

interface Source {
  readonly command: CommandName;
  readonly args: object;
  /** The row as the person saw it; its texts are fuller than those of an edit. */
  readonly mine: Documents[Kind] | null;
}

export function typedFields({ args, mine }: Source, nameOf: NameOf): TypedField[] {
  const fields = new Map<string, string>();
  if (mine !== null && "content" in mine) collect(mine, "", fields);
  collect(args, "", fields);
  return [...fields].flatMap(([path, value]) => {
    const shown = shownValue(path, value, nameOf);
    return shown === ""
      ? []
      : [{ name: capital(fieldName(path).replace(/^the /, "")), value: shown }];
  });
}

export interface ComparedField {
  readonly name: string;
  readonly theirs: string;
  readonly yours: string;
}

/** What the person had changed, beside what stands there now; what is the same is left out. */
export function comparedFields(
  { command, args, mine }: Source,
  current: object,
  nameOf: NameOf,
): ComparedField[] {
  const yours = new Map<string, string>();
  if (command !== "campaign.edit" && mine !== null) collect(mine, "", yours);
  collect(args, "", yours);
  const theirs = new Map<string, string>();
  collect(current, "", theirs);
  return [...yours].flatMap(([path, value]) => {
    const now = theirs.get(path) ?? "";
    const name = capital(fieldName(path).replace(/^the /, ""));
    const shown = (text: string) => shownValue(path, text, nameOf) || "nothing";
    return now === value ? [] : [{ name, theirs: shown(now), yours: shown(value) }];
  });
}

const wanted: ReadonlySet<string> = new Set([
  "name",
  "content.subject",
  "content.text",
  "content.html",
  "audienceId",
  "accountId",
  "schedule.at",
  "firstName",
  "lastName",
  "email",
  "phone",
]);

/** Walks through the arguments; a changed field tells what it shall be. */
function collect(value: unknown, path: string, fields: Map<string, string>): void {
  if (wanted.has(path)) {
    const set = isChange(value) ? value.set : value;
    if (typeof set === "string" || typeof set === "number") fields.set(path, String(set));
    return;
  }
  if (typeof value !== "object" || value === null) return;
  for (const [key, part] of Object.entries(value)) {
    collect(part, path === "" ? key : `${path}.${key}`, fields);
  }
}

function isChange(value: unknown): value is { readonly set: unknown } {
  return typeof value === "object" && value !== null && "set" in value;
}

function shownValue(path: string, value: string, nameOf: NameOf): string {
  if (path === "audienceId" || path === "accountId") return nameOf(path, value);
  return path === "schedule.at" ? formatDateTime(Number(value)) : value;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
