/** The differences between a form as it was opened and as it was saved, as a command carries them. */
import type { CampaignFields, Content } from "#domain/campaign/campaign.ts";
import { fallbackOf, type Fallback } from "#domain/campaign/fallback.ts";
import type { Change, CommandArgs } from "#domain/sync/command.ts";

type Changes = Omit<CommandArgs["campaign.edit"], "id">;

/** Only what differs; fields left out of `set` stay as they are. */
export function changesBetween(was: CampaignFields, set: Partial<CampaignFields>): Changes {
  const name = change(was.name, set.name);
  const content = contentChanges(was.content, set.content);
  const audienceId = change(was.audienceId, set.audienceId);
  const accountId = change(was.accountId, set.accountId);
  const codePoolId = change(was.codePoolId ?? null, set.codePoolId);
  const trackLinks = change(was.trackLinks ?? false, set.trackLinks);
  const fallback = fallbackChanges(fallbackOf(was), set.fallback);
  const codePolicy = change(was.codePolicy ?? "refuse", set.codePolicy);
  return {
    ...(name === null ? {} : { name }),
    ...(content === null ? {} : { content }),
    ...(audienceId === null ? {} : { audienceId }),
    ...(accountId === null ? {} : { accountId }),
    ...(codePoolId === null ? {} : { codePoolId }),
    ...(codePolicy === null ? {} : { codePolicy }),
    ...(trackLinks === null ? {} : { trackLinks }),
    ...(fallback === null ? {} : { fallback }),
  };
}

function contentChanges(
  was: Content,
  set: Content | undefined,
): NonNullable<Changes["content"]> | null {
  const subject = change(was.subject, set?.subject);
  const text = change(was.text, set?.text);
  const html = change(was.html, set?.html);
  if (subject === null && text === null && html === null) return null;
  return {
    ...(subject === null ? {} : { subject }),
    ...(text === null ? {} : { text }),
    ...(html === null ? {} : { html }),
  };
}

const none: Fallback = { accountId: null, text: "" };

function fallbackChanges(
  was: Fallback | null,
  set: Fallback | null | undefined,
): NonNullable<Changes["fallback"]> | null {
  if (set === undefined) return null;
  const accountId = change((was ?? none).accountId, (set ?? none).accountId);
  const text = change((was ?? none).text, (set ?? none).text);
  if (accountId === null && text === null) return null;
  return {
    ...(accountId === null ? {} : { accountId }),
    ...(text === null ? {} : { text }),
  };
}

export function change<T>(was: T, set: T | undefined): Change<T> | null {
  return set === undefined || JSON.stringify(set) === JSON.stringify(was) ? null : { was, set };
}
