/** Why a campaign's text can be written for nobody: one rule for a launch, an edit and the start. */
import type { CheckContent, ContentCheck } from "../message/merge-fields.ts";
import { isTooLongForSms, tooLongText } from "../message/sms-limit.ts";
import type { Part } from "../message/template.ts";
import type { Campaign } from "./campaign.ts";
import { contentOfFallback, fallbackChannel, fallbackOf } from "./fallback.ts";
import { hasProperties } from "./trigger.ts";

export interface WrongText {
  readonly part: Part;
  /** After the name of the part, as `cannot be written: …`. */
  readonly message: string;
}

/** The same of the text message that stands in for it; null where it has none. */
export function wrongFallback(
  checkContent: CheckContent,
  campaign: Told & Pick<Campaign, "fallback">,
): WrongText | null {
  const fallback = fallbackOf(campaign);
  if (fallback === null) return null;
  const content = contentOfFallback(fallback);
  // A campaign that gives out codes has none (edit-fallback.ts).
  const codePoolId = null;
  return wrongText(checkContent(content), {
    ...campaign,
    type: fallbackChannel,
    content,
    codePoolId,
  });
}

type Told = Pick<Campaign, "type" | "content" | "codePoolId" | "trigger" | "approval">;

/** null when it can be written. */
export function wrongText(check: ContentCheck, campaign: Told): WrongText | null {
  const { problems, event = [] } = check;
  const [problem] = problems;
  if (problem !== undefined) {
    return { part: problem.part, message: `cannot be written: ${problem.detail}` };
  }
  const wrong = tooLong(campaign) ?? wrongCodes(check, campaign);
  if (wrong !== null) return wrong;
  const [untold] = event;
  if (untold === undefined) return null;
  if (hasProperties(campaign.trigger ?? campaign.approval?.trigger)) return null;
  const message = `uses event.${untold.name}, which only a campaign has that waits for an event or a code`;
  return { part: untold.part, message };
}

/** With merge fields each recipient's is looked at when it is written. */
function tooLong({
  type,
  content: { text },
}: Pick<Campaign, "type" | "content">): WrongText | null {
  const isPlain = !text.includes("{{") && !text.includes("{%");
  return type === "sms" && isPlain && isTooLongForSms(text)
    ? { part: "text", message: tooLongText }
    : null;
}

/** A text shows a code which no pool gives, or there is a pool that no text shows. */
function wrongCodes(
  { codes = [] }: ContentCheck,
  { codePoolId = null }: Pick<Campaign, "codePoolId">,
): WrongText | null {
  const [part] = codes;
  if (codePoolId === null) {
    if (part === undefined) return null;
    return { part, message: "uses {{ code }}, which only a campaign with a code pool has" };
  }
  if (part !== undefined) return null;
  return { part: "text", message: "says nowhere {{ code }}, though the campaign has a code pool" };
}
