/**
 * What happened, in words: one sentence for each event of the activity. An event that this
 * version does not know is still told, by its name.
 */
import type { PauseReason } from "#domain/campaign/lifecycle.ts";
import { commandWords, isCommandName } from "./command-words.ts";
import { formatCount, formatDateTime, formatList, formatNumber } from "./format.ts";
import { inText } from "./in-text.ts";
import { fieldName } from "./refusal-words.ts";
import { pauseWords } from "./state-words.ts";

export interface ActivityEvent {
  /** `campaign.send`, `engine.started`, `import.done`, … */
  readonly event: string;
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
}

/** Events that are not commands; those of a person read on after a name, those of the engine alone. */
const eventWords: Readonly<Record<string, string>> = {
  "engine.launched": "The planned time came and the campaign was launched",
  "engine.fired": "The planned time came, and a run began",
  "engine.late": "Their time had passed by hours, so they were left out",
  "engine.unsure":
    "The server was restored: these may have gone out before, and were not sent again",
  "engine.missed": "Planned times passed without a run, because the server was down",
  "engine.ended": "There are no more planned times: the campaign ended",
  "engine.held": "The planned time had passed; the campaign waits for a person",
  "engine.replanned":
    "The rules of the time zone changed, and with them the moment at which it goes out",
  "engine.prepared": "The recipients were put together",
  "engine.started": "Sending started",
  "engine.edited": "Who is still queued takes the new text",
  "engine.submitted": "Every message was handed over",
  "engine.completed": "The campaign is complete",
  "engine.paused": "The campaign was paused by the system",
  "engine.opted_out": "Somebody unsubscribed",
  "contact.erased": "erased a person",
  "suppression.added": "suppressed addresses",
  "suppression.removed": "let a suppressed address be used again",
  "unreachable.unsubscribe": "unsubscribed unreachable addresses",
  "unreachable.keep": "kept unreachable addresses",
  "unreachable.restore": "brought unreachable addresses back",
  "limits.changed": "changed the limits for people",
  "budget.changed": "changed the month's budget",
  "engine.budget_reached": "The budget is used up: who did not fit into it was left out",
  "engine.month_nearly_spent": "80 % of the month's budget is spent",
  "engine.month_spent": "The month's budget is spent",
  "engine.resumed": "The cause is mended, and sending went on by itself",
  "engine.expiring": "The campaign will be canceled unless somebody resumes it",
  "engine.expired": "Nobody resumed the campaign for 72 hours, so it was canceled",
  "campaign.ask": "asked for approval of the campaign",
  "campaign.restore": "brought the campaign back",
  "import.done": "imported contacts",
  "import.failed": "tried to import contacts; the file could not be read",
  "account.create": "added a sending account",
  "account.edit": "changed a sending account",
  "account.delete": "removed a sending account",
  "member.added": "added a person",
  "member.role": "changed a person's role",
  "member.removed": "removed a person",
  "member.left": "left the workspace",
  "device.renamed": "gave a device another name",
  "device.revoked": "signed a device out and removed its data",
  "code.edited": "changed a code pool",
  "code.rolled_back": "rolled the redemption of a code back",
  "key.created": "made an API key",
  "key.revoked": "revoked an API key",
  "consent.accepted": "let a consent of the stand count",
  "consent.declined": "declined a consent of the stand",
  "consent.text": "published a consent text",
  "workspace.changed": "changed the workspace's rules",
};

export function knowsEvent(event: string): boolean {
  return isCommandName(event) || Object.hasOwn(eventWords, event);
}

/** "Ana sent the campaign"; "Sending started" where the engine did it. */
export function eventSentence({ event, detail }: ActivityEvent, who: string | null): string {
  const isHeld = event === "engine.held" && detail["reason"] === "restore";
  const words = isHeld ? heldByRestore : wordsOf(event);
  const isSystem = event.startsWith("engine.");
  const told = who === null || isSystem ? capital(words) : `${who} ${words}`;
  return isHeld ? told : `${told}${because(detail)}`;
}

const heldByRestore =
  "The server was restored from a back-up; the campaign waits for a person to plan it again";

/** An API key as the doer of something. */
export function keyName(name: string): string {
  return `API key “${name}”`;
}

/** What more is known of it: counts, times, names. "" when there is nothing. */
export function eventNote({ event, detail }: ActivityEvent): string {
  const parts = [
    subjectNote(event, detail),
    importNote(event, detail),
    moment("Planned for", detail["scheduledFor"] ?? detail["plannedFor"]),
    adviceOf(event),
    textOf(detail["detail"]),
    missedNote(detail),
    textOf(detail["why"]),
    textOf(detail["source"]),
    countNote(event, detail["total"]),
    editedNote(detail),
    moment("On", detail["endsAt"]),
    fieldsNote("Changed", detail["fields"]),
    fieldsNote("Wrote over somebody's", detail["overwrote"]),
    moment("Asked for on the device at", detail["madeAt"]),
  ];
  return parts.filter((part) => part !== "").join(" · ");
}

type Detail = ActivityEvent["detail"];

/** Of those who were left out: where they are, and what can be done for them. */
function adviceOf(event: string): string {
  const isLeftOut = event === "engine.late" || event === "engine.unsure";
  return isLeftOut ? "They are among the recipients: write to them in a new campaign" : "";
}

/** The name of what it was about; a campaign's stands beside the event already. */
function subjectNote(event: string, detail: Detail): string {
  if (event.startsWith("campaign.")) return "";
  const name = textOf(detail["fileName"] ?? detail["name"]);
  const role = textOf(detail["role"]);
  return role === "" || name === "" ? name : `${name}, ${role}`;
}

function importNote(event: string, { created, updated, rejected }: Detail): string {
  const counts = [created, updated, rejected];
  if (event !== "import.done" || !counts.every((n) => typeof n === "number")) return "";
  const words = ["new", "updated", "rejected"];
  return counts.map((n, index) => `${formatNumber(n)} ${words[index] ?? ""}`).join(", ");
}

function countNote(event: string, total: Detail[string] | undefined): string {
  if (typeof total !== "number") return "";
  const isOfAddresses = event.startsWith("suppression.") || event.startsWith("unreachable.");
  return isOfAddresses
    ? formatCount(total, "address", "addresses")
    : formatCount(total, "recipient");
}

function editedNote({ earlier }: Detail): string {
  return typeof earlier === "number" ? `${formatNumber(earlier)} had the earlier one` : "";
}

function missedNote({ missed, who }: Detail): string {
  const names = textOf(who);
  return typeof missed === "number" ? `${formatCount(missed, "recipient")}: ${names}` : names;
}

function fieldsNote(what: string, fields: Detail[string] | undefined): string {
  const paths = textOf(fields)
    .split(", ")
    .filter((path) => path !== "");
  return paths.length === 0 ? "" : `${what} ${formatList(paths.map(fieldName))}`;
}

function moment(what: string, at: Detail[string] | undefined): string {
  return typeof at === "number" ? `${what} ${formatDateTime(at)}` : "";
}

function textOf(value: Detail[string] | undefined): string {
  return typeof value === "string" ? value : "";
}

function wordsOf(event: string): string {
  if (isCommandName(event)) return commandWords[event].done;
  return eventWords[event] ?? event.replaceAll(/[._]/g, " ");
}

function because(detail: ActivityEvent["detail"]): string {
  const reason = detail["reason"];
  if (typeof reason === "string" && isPauseReason(reason)) {
    return `: ${inText(pauseWords[reason].label)}`;
  }
  return "";
}

function isPauseReason(text: string): text is PauseReason {
  return Object.hasOwn(pauseWords, text);
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
