import type { CommandName } from "#domain/sync/command.ts";
import type { Refusal } from "#domain/sync/refusal.ts";
import { formatDateTime } from "#lib/i18n/format.ts";
import { refusalWords } from "#lib/i18n/refusal-words.ts";

/** Why a command was refused at once, as one line: what happened, and what to do. */
export function refusalText(name: CommandName, refusal: Refusal): string {
  const { title, cure } = refusalWords({ name, refusal, time: formatDateTime });
  return `${title}. ${cure}`;
}
