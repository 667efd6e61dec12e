/** The way of a distribution's messages, step by step, with how many came so far: pure. */
import type { Campaign } from "#domain/campaign/campaign.ts";
import type { Reason } from "#domain/message/reason.ts";
import { headline } from "#domain/report/headline.ts";
import type { Rollup } from "#domain/report/rollup.ts";
import { formatCount, formatNumber } from "#lib/i18n/format.ts";
import { channelWords } from "#lib/i18n/state-words.ts";
import { isConsentChannel, requiredConsents, triggerLine } from "./distribution-words.ts";

export interface Step {
  readonly key: "trigger" | "audience" | "consent" | "code" | "message" | "result";
  readonly title: string;
  readonly text: string;
  /** How many came so far, or were left out here; "" before it went out. */
  readonly counted: string;
}

/** The names of what a campaign refers to; undefined: not chosen, or deleted since. */
export interface Names {
  readonly audience: string | undefined;
  readonly account: string | undefined;
}

/** Whose permission, or address, was missing. */
const withoutPermission: readonly Reason[] = ["no_consent", "opted_out", "suppressed"];

/** Recipients that a campaign left out for one of the reasons, without trying. */
export function leftOut(
  rollup: Pick<Rollup, "reasons"> | null,
  why: readonly Reason[] = withoutPermission,
): number {
  return (rollup?.reasons ?? [])
    .filter(({ state, reason }) => state === "skipped" && why.includes(reason))
    .reduce((sum, { n }) => sum + n, 0);
}

type Shown = Pick<Campaign, "type" | "trigger" | "schedule" | "codePoolId" | "startedAt">;

type Counts = ReturnType<typeof headline>;

export function stepsOf(campaign: Shown, rollup: Rollup | null, names: Names): readonly Step[] {
  const { type } = campaign;
  const counts = rollup === null || rollup.total === 0 ? null : headline(rollup);
  return [
    { key: "trigger", title: "Trigger", text: triggerLine(campaign), counted: "" },
    {
      key: "audience",
      title: "Audience",
      text: names.audience ?? "Not chosen yet",
      counted: counts === null ? "" : formatCount(counts.total, "recipient"),
    },
    ...permissionSteps(campaign, rollup),
    {
      key: "message",
      title: "Message",
      text: `${channelWords[type]} through ${names.account ?? "no account yet"}`,
      counted: counts === null ? "" : `${formatNumber(counts.sent)} sent`,
    },
    {
      key: "result",
      title: "Result",
      text: counts === null ? "Nothing was sent yet" : "Told by receipts of the provider",
      counted: counts === null ? "" : resultText(counts),
    },
  ];
}

/** What each recipient needs before a message is made for them. */
function permissionSteps({ type, codePoolId = null }: Shown, rollup: Rollup | null): Step[] {
  const steps: Step[] = [];
  if (isConsentChannel(type)) {
    const isCounted = rollup !== null && rollup.total > 0;
    const counted = isCounted ? `${formatNumber(leftOut(rollup))} left out` : "";
    steps.push({ key: "consent", title: "Consent", text: requiredConsents[type], counted });
  }
  if (codePoolId !== null) {
    const published = rollup?.codes?.published;
    steps.push({
      key: "code",
      title: "Code",
      text: "A unique code for each recipient",
      counted: published === undefined ? "" : `${formatNumber(published)} published`,
    });
  }
  return steps;
}

function resultText({ delivered, failed }: Counts): string {
  return `${formatNumber(delivered)} delivered, ${formatNumber(failed)} failed`;
}
