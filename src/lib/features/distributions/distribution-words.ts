/** What starts a distribution, and what holds for all of its messages, in words: pure. */
import type { Campaign } from "#domain/campaign/campaign.ts";
import { fallbackOf } from "#domain/campaign/fallback.ts";
import type { ConsentChannel } from "#domain/audience/contact.ts";
import { formatDateTime } from "#lib/i18n/format.ts";
import { planText } from "#lib/i18n/plan-words.ts";
import { repeatText, zoneText } from "#lib/i18n/repeat-words.ts";
import { triggerText } from "#lib/i18n/trigger-words.ts";
import type { DistributionStatus } from "./distributions.ts";

export const statusLabels = {
  Draft: "Draft",
  Scheduled: "Scheduled",
  "Set live": "Set live",
  Paused: "Paused",
  Sent: "Sent",
  Canceled: "Canceled",
} as const satisfies Record<DistributionStatus, string>;

type Begun = Pick<Campaign, "trigger" | "schedule">;

/** What makes it go out: something that happens, a rule of repetition, a moment, or a person. */
export function triggerLine({ trigger = null, schedule }: Begun): string {
  if (trigger !== null) return triggerText(trigger);
  if (schedule === null || schedule.delay === true) return "Sent by hand";
  if (schedule.repeat === undefined) return `Once, on ${planText(schedule)}`;
  return `${repeatText(schedule.repeat)}, ${zoneText(schedule)}`;
}

/** The permission without which nobody is written to on the channel. */
export const requiredConsents = {
  email: "Marketing by e-mail",
  sms: "Marketing by text message (SMS)",
} as const satisfies Record<ConsentChannel, string>;

type Conditioned = Pick<
  Campaign,
  "type" | "audienceId" | "codePoolId" | "budget" | "validUntil" | "trackLinks" | "fallback"
>;

/** Everything that must hold for each of its messages. `audience`: its name. */
export function conditionLines(campaign: Conditioned, audience: string | undefined): string[] {
  const { type, audienceId, codePoolId = null, budget = null, validUntil = null } = campaign;
  const name = audience ?? "an audience that was deleted";
  return [
    audienceId === null ? "No audience chosen yet" : `To “${name}”`,
    ...(isConsentChannel(type) ? [`Consent: ${requiredConsents[type]}`] : []),
    ...(codePoolId === null ? [] : ["With a unique code each"]),
    ...(fallbackOf(campaign) === null ? [] : ["A text message to whoever it does not reach"]),
    ...(budget === null ? [] : ["Within its budget"]),
    ...(validUntil === null ? [] : [`Until ${formatDateTime(validUntil)}`]),
  ];
}

export function isConsentChannel(type: Campaign["type"]): type is ConsentChannel {
  return type in requiredConsents;
}
