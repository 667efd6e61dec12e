/** The steps of writing a campaign, in their order. */
import type { missingParts } from "#domain/campaign/campaign.ts";

export const steps = ["basics", "content", "audience", "review"] as const;

export type Step = (typeof steps)[number];

export const stepLabels = {
  basics: "Basics",
  content: "Content",
  audience: "Audience",
  review: "Review",
} as const satisfies Record<Step, string>;

type Missing = ReturnType<typeof missingParts>[number];

/** On which step a missing part is filled in, and what it is called there. */
export const missingLooks = {
  name: { step: "basics", label: "a name" },
  accountId: { step: "basics", label: "a sending account" },
  "content.subject": { step: "content", label: "a subject" },
  "content.text": { step: "content", label: "a text" },
  "fallback.text": { step: "content", label: "the text message instead" },
  "fallback.accountId": { step: "content", label: "an account for the text message instead" },
  audienceId: { step: "audience", label: "an audience" },
} as const satisfies Record<Missing, { readonly step: Step; readonly label: string }>;

export function readStep(params: Pick<URLSearchParams, "get">): Step {
  return steps.find((step) => step === params.get("step")) ?? "basics";
}

export function stepHref(campaign: string, step: Step): string {
  return `/campaigns/${campaign}/edit?step=${step}`;
}
