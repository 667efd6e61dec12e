/**
 * Notices as e-mail, through the account that the workspace named. Plain text: it is read on a
 * lock screen and behind strict filters, and says as little as it must.
 */
import { noticeName, noticeWords } from "#domain/campaign/notice.ts";
import { topicOf, type NoticeTopic } from "#domain/campaign/notice-topic.ts";
import { asLines, inText, spokenIn } from "#domain/report/spoken.ts";
import type { Carriers } from "../delivery/carriers.ts";
import type { Outcome } from "../providers/provider.ts";
import type { Telling } from "../store/notice-store.ts";
import type { Told, Way } from "./way.ts";

export interface MailDeps {
  readonly carriers: Carriers;
  readonly publicUrl: string;
}

export function createMailWay({ carriers, publicUrl }: MailDeps): Way {
  return {
    tell: async (telling) => {
      const { key, mail, workspace } = telling;
      if (mail === null) return failed("no account");
      const account = await carriers.open(workspace, mail.accountId);
      if (typeof account === "string") return failed(account);
      const content = mailContent(telling, publicUrl);
      const to = { key, channel: "email", to: mail.to } as const;
      // Machines that answer mails by themselves leave this one alone (RFC 3834).
      const headers = { "auto-submitted": "auto-generated" };
      return toTold(await account.carrier.send({ ...to, content, headers }));
    },
  };
}

/** What stands in the mail. */
export function mailContent(
  { campaigns, cause, count, said, workspaceName }: Telling,
  publicUrl: string,
): { readonly subject: string; readonly text: string; readonly html: string } {
  const { title, why, cure } = noticeWords(
    cause,
    campaigns.map(({ name }) => name),
    { count, said },
  );
  const language = said?.language ?? "en";
  const lines = campaigns.map(({ glance, id, name }) =>
    [inText(noticeName(name), language), glance, `${publicUrl}/campaigns/${id}`]
      .filter(Boolean)
      .join("\n"),
  );
  const topic = topicOf(cause);
  const spoken = spokenIn(language);
  const more = count > campaigns.length ? [spoken.others(count - campaigns.length)] : [];
  const from = inText(noticeName(workspaceName), language);
  const place = topic === "asked" ? "/reports?tab=subscriptions" : "/settings?tab=notices";
  const end = [
    topic === "asked" ? spoken.because(from) : `You get this because ${because[topic]} ${from}.`,
    `${spoken.choose}: ${publicUrl}${place}`,
  ].join("\n");
  const parts = [`${title}.`, why, cure, ...lines, ...more, end];
  const text = asLines(parts.filter(Boolean).join("\n\n"), language);
  return { subject: title, text: `${text}\n`, html: "" };
}

const because = {
  stopped: "you may resume campaigns of",
  finished: "you asked to hear what is sent in",
  approval: "you may approve campaigns of",
} as const satisfies Record<Exclude<NoticeTopic, "asked">, string>;

function toTold(outcome: Outcome): Told {
  switch (outcome.outcome) {
    case "accepted":
      return { end: "sent" };
    case "refused":
      // Credentials and limits are mended; a mailbox that does not exist is not.
      return mendable.has(outcome.reason) ? later(outcome.reason) : failed(outcome.reason);
    case "later":
      return { ...later(outcome.reason), afterMs: outcome.afterMs };
    case "unknown":
      return later(outcome.reason);
  }
}

const mendable: ReadonlySet<string> = new Set([
  "auth_failed",
  "account_suspended",
  "payment_required",
  "quota_reached",
  "rate_limited",
]);

function later(why: string): Extract<Told, { end: "later" }> {
  return { end: "later", afterMs: null, why };
}

function failed(why: string): Told {
  return { end: "failed", why, dropsDevice: false };
}
