/**
 * What happened, in words: one sentence for each event of the activity. An event that this
 * version does not know is still told, by its name.
 */
import type { PauseReason } from "#domain/campaign/lifecycle.ts";
import { commandWords, isCommandName } from "./command-words.ts";
import { pauseWords } from "./state-words.ts";

export interface ActivityEvent {
  /** `campaign.send`, `engine.started`, `import.done`, … */
  readonly event: string;
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
}

/** Events that are not commands; those of a person read on after a name, those of the engine alone. */
const eventWords: Readonly<Record<string, string>> = {
  "engine.due": "The planned time came",
  "engine.held": "The planned time had passed; it waits for a person",
  "engine.preparing": "The recipients are being put together",
  "engine.prepared": "The recipients were put together",
  "engine.started": "Sending started",
  "engine.submitted": "Every message was handed over",
  "engine.settled": "Every receipt came in or ran out of time",
  "engine.completed": "The campaign is complete",
  "engine.paused": "The campaign was paused by the system",
  "engine.resumed": "The campaign goes on",
  "engine.recovered": "Sending went on after a restart of the server",
  "engine.canceled": "The campaign was canceled",
  "engine.empty": "Nobody was in the audience",
  "import.started": "started an import of contacts",
  "import.done": "imported contacts",
  "import.failed": "tried to import contacts; the file could not be read",
  "account.create": "added a sending account",
  "account.update": "changed a sending account",
  "account.edit": "changed a sending account",
  "account.delete": "removed a sending account",
  "account.test": "tested a sending account",
  "contact.create": "added a contact",
  "contact.edit": "changed a contact",
  "contact.update": "changed a contact",
  "contact.delete": "deleted a contact",
  "consent.grant": "recorded a consent",
  "consent.withdraw": "recorded a withdrawn consent",
  "report.export": "exported a report",
  "member.create": "added a person",
  "member.edit": "changed a person's role",
  "member.update": "changed a person's role",
  "member.remove": "removed a person",
  "key.create": "made an API key",
  "key.revoke": "revoked an API key",
  "workspace.create": "made the workspace",
  "session.start": "signed in",
};

export function knowsEvent(event: string): boolean {
  return isCommandName(event) || Object.hasOwn(eventWords, event);
}

/** "Ana sent the campaign"; "Sending started" where the engine did it. */
export function eventSentence({ event, detail }: ActivityEvent, who: string | null): string {
  const words = wordsOf(event);
  const isSystem = event.startsWith("engine.");
  const told = who === null || isSystem ? capital(words) : `${who} ${words}`;
  return `${told}${because(detail)}`;
}

function wordsOf(event: string): string {
  if (isCommandName(event)) return commandWords[event].done;
  return eventWords[event] ?? event.replaceAll(/[._]/g, " ");
}

function because(detail: ActivityEvent["detail"]): string {
  const reason = detail["reason"];
  if (typeof reason === "string" && isPauseReason(reason)) {
    return `: ${lower(pauseWords[reason].label)}`;
  }
  return "";
}

function isPauseReason(text: string): text is PauseReason {
  return Object.hasOwn(pauseWords, text);
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function lower(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}
