/**
 * Why the server refused a command, told to the person who gave it: what happened, what became
 * of what they did, and what they can do now.
 */
import type { CommandName } from "#domain/sync/command.ts";
import type { Phase } from "#domain/campaign/lifecycle.ts";
import type { Refusal, RefusalType } from "#domain/sync/refusal.ts";
import { channelWords, phaseWords } from "./state-words.ts";
import { language } from "./text.ts";

export interface Refused {
  readonly name: CommandName;
  readonly refusal: Refusal;
  /** Writes a moment the way the screen does. */
  readonly time: (at: number) => string;
}

export interface RefusalWords {
  readonly title: string;
  readonly happened: string;
  readonly cure: string;
}

const byType = {
  invalid: (refused) => ({
    title: "A value does not fit",
    happened: `${field(refused)} cannot be taken as it is${because(refused)}. ${kept(refused)}`,
    cure: "Correct it and save again.",
  }),
  forbidden: (refused) => ({
    title: "You may not do this",
    happened: `Your role does not allow it. ${kept(refused)}`,
    cure: "Ask an administrator of the workspace, or discard this.",
  }),
  gone: (refused) => ({
    title: `The ${thing(refused)} was deleted`,
    happened: `Somebody deleted it before this arrived. ${kept(refused)}`,
    cure: "Make a new one from what you typed, or discard this.",
  }),
  exists: (refused) =>
    refused.refusal.field === "email" ? takenEmail(refused) : existing(refused),
  already_sent: (refused) => ({
    title: "The campaign was already on its way",
    happened: `This campaign ${wentOut(refused)}. ${kept(refused)}`,
    cure: "Make a new draft from your version, or discard it.",
  }),
  illegal_move: (refused) => ({
    title: "The campaign had moved on",
    happened: `${phaseSentence(refused)}, so this step was not possible. ${kept(refused)}`,
    cure: "Look at the campaign and decide again.",
  }),
  incomplete: (refused) => ({
    title: "Something was still missing",
    happened: `The campaign needs ${missing(refused)} before it can go out. ${kept(refused)}`,
    cure: "Fill it in, then send again.",
  }),
  changed_since_review: (refused) =>
    refused.refusal.detail["restored"] === true
      ? {
          title: "The server was restored from a back-up",
          happened: `You asked for this before it was restored, and it may have gone out then. ${kept(refused)}`,
          cure: "Make sure that nobody is sent to twice, then ask for it again.",
        }
      : {
          title: "The campaign changed after you reviewed it",
          happened: `Somebody changed its content, audience or account meanwhile. ${kept(refused)}`,
          cure: "Look at the change and send again.",
        },
  codes_short: (refused) => ({
    title: "The code pool has too few codes",
    happened: `The campaign needs ${refused.refusal.detail["needed"] ?? "more"} codes, and its pool has ${refused.refusal.detail["left"] ?? "too few"} left. ${kept(refused)}`,
    cure: "Add codes to the pool, choose a smaller audience, or let the campaign skip whoever gets none, then send again.",
  }),
  audience_gone: (refused) => ({
    title: "Its audience was deleted",
    happened: `The audience that you chose no longer exists. ${kept(refused)}`,
    cure: "Choose another audience, then send again.",
  }),
  account_gone: (refused) => ({
    title: "Its sending account was removed",
    happened: `The account that you chose no longer exists. ${kept(refused)}`,
    cure: "Choose another account, then send again.",
  }),
  channel_mismatch: (refused) => ({
    title: "The account cannot carry this message",
    happened: `${mismatch(refused)} ${kept(refused)}`,
    cure: "Choose an account of the campaign's channel.",
  }),
  in_use: (refused) => ({
    title: `The ${thing(refused)} is still in use`,
    happened: `A campaign still uses it. ${kept(refused)}`,
    cure: "Finish or change the campaigns that use it first.",
  }),
  schedule_in_past: (refused) => ({
    title: "The planned time had passed",
    happened: `${planned(refused)} when this reached the server. ${kept(refused)}`,
    cure: "Send it now, or pick another time.",
  }),
  nothing_to_retry: (refused) => ({
    title: "There is nobody to send to again",
    happened: `No message stands any more as it was counted. ${kept(refused)}`,
    cure: "Look at the campaign's report: what had failed may have arrived meanwhile.",
  }),
  not_asked: (refused) => ({
    title: "Nobody asks for approval any more",
    happened: `The request was taken back, answered, or ended by a change. ${kept(refused)}`,
    cure: "Look at the campaign as it is now.",
  }),
  own_approval: (refused) => ({
    title: "Another person has to approve it",
    happened: `You asked for this launch yourself. ${kept(refused)}`,
    cure: "Ask a colleague who may approve campaigns.",
  }),
  needs_approval: (refused) => ({
    title: "A change needs approval here",
    happened: `Your workspace wants another person to see what goes out. ${kept(refused)}`,
    cure: "Let another person approve it, or end it and send a copy.",
  }),
  parent: (refused) => ({
    title: "It builds on something that was refused",
    happened: `What you did before this was refused, so this could not follow. ${kept(refused)}`,
    cure: "Mend the earlier one first, then repeat this.",
  }),
} as const satisfies Record<RefusalType, (refused: Refused) => RefusalWords>;

function existing(refused: Refused): RefusalWords {
  return {
    title: `The ${thing(refused)} exists already`,
    happened: `It was made before, so it was not made twice. ${kept(refused)}`,
    cure: "Nothing needs to be done if it is the one you made.",
  };
}

function takenEmail(refused: Refused): RefusalWords {
  return {
    title: "Another contact has this e-mail address",
    happened: `An e-mail address belongs to one contact only. ${kept(refused)}`,
    cure: "Correct the address, or discard this if both are the same person.",
  };
}

export function refusalWords(refused: Refused): RefusalWords {
  return byType[refused.refusal.type](refused);
}

const afterwards = {
  "campaign.create": "It was not created.",
  "campaign.edit": "Your changes were not sent.",
  "campaign.schedule": "It was not scheduled.",
  "campaign.setLive": "It was not set live.",
  "campaign.unschedule": "It was not taken off the schedule.",
  "campaign.send": "It was not sent.",
  "campaign.approve": "It was not approved.",
  "campaign.reject": "It was not rejected.",
  "campaign.pause": "It was not paused.",
  "campaign.resume": "It was not resumed.",
  "campaign.end": "It was not ended.",
  "campaign.cancel": "It was not canceled.",
  "campaign.retry": "Nobody was sent to again.",
  "campaign.annotate": "The remark was not saved.",
  "campaign.delete": "It was not deleted.",
  "campaign.duplicate": "The copy was not made.",
  "audience.create": "It was not created.",
  "audience.edit": "Your changes were not saved.",
  "audience.delete": "It was not deleted.",
  "pin.add": "It is not kept offline.",
  "pin.remove": "It was not kept offline any more.",
  "report.keep": "The report was not kept.",
  "report.default": "You begin with the same report as before.",
  "contact.add": "The contact was not added.",
  "contact.edit": "Your changes were not saved.",
  "consent.in": "The consent was not noted.",
  "consent.out": "The withdrawal was not noted.",
} as const satisfies Record<CommandName, string>;

function kept({ name, refusal }: Refused): string {
  if (name === "campaign.send" && refusal.type === "already_sent") {
    return "It was not sent a second time.";
  }
  return afterwards[name];
}

function thing({ name }: Refused): string {
  if (/^(?:contact|consent)\./.test(name)) return "contact";
  return name.startsWith("audience.") ? "audience" : "campaign";
}

const fieldWords: Readonly<Record<string, string>> = {
  name: "the name",
  type: "the channel",
  subject: "the subject",
  text: "the text",
  html: "the HTML version",
  content: "the content",
  "content.subject": "the subject",
  "content.text": "the text",
  fallback: "the text message instead",
  "fallback.text": "the text message instead",
  "fallback.accountId": "the account of the text message instead",
  "content.html": "the HTML version",
  audienceId: "the audience",
  accountId: "the sending account",
  schedule: "the schedule",
  "schedule.at": "the planned time",
  "schedule.wall": "the planned time",
  "schedule.zone": "the time zone",
  rule: "the rule of the audience",
  from: "the campaign to copy",
  firstName: "the first name",
  lastName: "the last name",
  email: "the e-mail address",
  phone: "the phone number",
  country: "the country",
  consents: "the consent",
  "consents.text": "the consent text",
  "consents.signature": "the signature",
};

/** A field of a document as people call it: "the subject". */
export function fieldName(path: string): string {
  return fieldWords[path] ?? path;
}

function field({ refusal }: Refused): string {
  return capital(refusal.field === null ? "one of the values" : fieldName(refusal.field));
}

function because({ refusal }: Refused): string {
  const { message } = refusal.detail;
  return typeof message === "string" ? ` (${message})` : "";
}

function missing({ refusal }: Refused): string {
  const listed = refusal.detail["missing"];
  const paths = typeof listed === "string" ? listed.split(", ") : [refusal.field ?? "something"];
  return new Intl.ListFormat(language).format(paths.map(fieldName));
}

function wentOut({ refusal, time }: Refused): string {
  const { at, by } = refusal.detail;
  const who = typeof by === "string" ? ` by ${by}` : "";
  return typeof at === "number" ? `went out at ${time(at)}${who}` : `had already been sent${who}`;
}

function phaseSentence({ refusal }: Refused): string {
  const phase = refusal.detail["phase"];
  if (typeof phase !== "string" || !isPhase(phase)) return "It was too late for that";
  return `Its state was “${phaseWords[phase].label}” by then`;
}

function mismatch({ refusal }: Refused): string {
  const account = channelWord(refusal.detail["account"]);
  const campaign = channelWord(refusal.detail["campaign"]);
  return account === null || campaign === null
    ? "The account belongs to another channel."
    : `The account carries ${account}, the campaign is ${campaign}.`;
}

function planned({ refusal, time }: Refused): string {
  const at = refusal.detail["at"];
  return typeof at === "number" ? `${capital(time(at))} had passed` : "The planned time had passed";
}

function channelWord(value: unknown): string | null {
  const found = Object.entries(channelWords).find(([channel]) => channel === value);
  return found?.[1] ?? null;
}

function isPhase(text: string): text is Phase {
  return Object.hasOwn(phaseWords, text);
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
