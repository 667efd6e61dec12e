/** What a command does, in words: `Send “Summer sale”`. */
import { nameOfPerson } from "#domain/audience/sign-up.ts";
import { keysOf, type Act, type CommandName } from "#domain/sync/command.ts";
import type { Documents, Kind } from "#domain/sync/document.ts";
import type { ClientDb } from "../db/client-db.ts";

const verbs = {
  "campaign.create": "Create campaign",
  "campaign.edit": "Change campaign",
  "campaign.schedule": "Schedule",
  "campaign.setLive": "Set live",
  "campaign.unschedule": "Take off the schedule",
  "campaign.send": "Send",
  "campaign.approve": "Approve",
  "campaign.reject": "Reject",
  "campaign.pause": "Pause",
  "campaign.resume": "Resume",
  "campaign.end": "End",
  "campaign.cancel": "Cancel",
  "campaign.retry": "Send again",
  "campaign.annotate": "Remark on",
  "campaign.delete": "Delete campaign",
  "campaign.duplicate": "Copy campaign as",
  "audience.create": "Create audience",
  "audience.edit": "Change audience",
  "audience.delete": "Delete audience",
  "pin.add": "Keep offline",
  "pin.remove": "No longer keep offline",
  "report.keep": "Keep reports of",
  "report.default": "Choose the report to begin with in",
  "contact.add": "Add contact",
  "contact.edit": "Change contact",
  "consent.in": "Note consent of",
  "consent.out": "Note withdrawal of",
} as const satisfies Record<CommandName, string>;

export async function describeAct(db: ClientDb, act: Act): Promise<string> {
  return sentence(act, await nameOf(db, act));
}

export function sentence(act: Act, name: string | null): string {
  return name === null ? verbs[act.name] : `${verbs[act.name]} “${name}”`;
}

/** The name of what it is about: as typed, as shown, or (of a removed row) as the server has it. */
async function nameOf(db: ClientDb, act: Act): Promise<string | null> {
  if (act.name === "contact.add") return nameOfPerson(act.args);
  if ("name" in act.args && typeof act.args.name === "string") return act.args.name;
  const [key] = keysOf(act);
  if (key === undefined) return null;
  const [kind, id] = key;
  return nameIn((await db.documents(kind).get(id))?.doc ?? (await db.shadow.get([kind, id]))?.doc);
}

function nameIn(doc: Documents[Kind] | null | undefined): string | null {
  if (doc === null || doc === undefined) return null;
  if ("firstName" in doc) return nameOfPerson(doc);
  return "name" in doc ? doc.name : null;
}
