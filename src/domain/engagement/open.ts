/**
 * Opens of e-mails, told by a picture of one point that each page asks for, and the rule by which
 * those of people are told from those of programs that load pictures whether or not somebody looks.
 * Both are kept and shown; only those of people count. Who blocks pictures is not seen at all.
 */
import { secondMs, type Instant } from "../core/time.ts";
import type { MessageState } from "../message/state.ts";
import type { Visitor } from "./click.ts";

/** The number of a link by which a page asks for its picture: links themselves stop at 100. */
export const openLink = 255;

/** Why an open counts as a program's. */
export const openSigns = ["robot", "prefetch", "mail_privacy", "too_soon"] as const;

export type OpenSign = (typeof openSigns)[number];

export const openedTooSoonMs = secondMs;

/**
 * Whether the pages of a campaign tell of their opens. One switch for links and opens: whoever does
 * not want to know who follows links does not want to know who looks, either.
 */
export function tracksOpens({
  type,
  content,
  trackLinks = false,
}: {
  readonly type: string;
  readonly content: { readonly html: string };
  readonly trackLinks?: boolean;
}): boolean {
  return trackLinks && type === "email" && content.html !== "";
}

/** What is kept of a request for the picture: no address, and nothing that names a person. */
export interface Look {
  /** What the request itself gives away; null: nothing. */
  readonly sign: Exclude<OpenSign, "too_soon"> | null;
  /** Through the image proxy of a mail provider. */
  readonly byProxy: boolean;
}

/** Image proxies that load a picture when a person opens the message. */
const openingProxies = /GoogleImageProxy|YahooMailProxy/i;

/** Mail Privacy Protection says this and no more. */
const mailPrivacy = /^Mozilla\/5\.0$/;

/** `isRobot`: what is known of programs that name themselves; it may take a proxy for one. */
export function lookOf(
  agent: string,
  { isRobot, isAhead }: { readonly isRobot: boolean; readonly isAhead: boolean },
): Look {
  if (openingProxies.test(agent)) return { sign: null, byProxy: true };
  const named = agent.trim() === "" || isRobot ? "robot" : null;
  const sign = mailPrivacy.test(agent.trim()) ? "mail_privacy" : isAhead ? "prefetch" : named;
  return { sign, byProxy: false };
}

/** A message as it stands when its open is judged. */
export interface Opened {
  readonly state: MessageState;
  /** When it came into its state. */
  readonly at: Instant;
}

/** Why an open is a program's; null: it is a person's. */
export function openSignOf(
  { at, sign }: Pick<Look, "sign"> & { readonly at: Instant },
  message: Opened,
): OpenSign | null {
  if (sign !== null) return sign;
  return isTooSoon(at, message) ? "too_soon" : null;
}

/** Nobody can read what is still being handed over. */
function isTooSoon(openedAt: Instant, { state, at }: Opened): boolean {
  if (state === "sending") return true;
  const isArriving = state === "submitted" || state === "sent" || state === "delivered";
  return isArriving && openedAt - at < openedTooSoonMs;
}

/** Opens, and the recipients that they are from. */
export interface OpenCount {
  readonly opens: number;
  readonly recipients: number;
}

/**
 * What came of the pictures of a campaign. `byProxy`: of the opens of people, those that came
 * through a proxy.
 */
export interface OpenReport extends Readonly<Record<Visitor, OpenCount>> {
  readonly byProxy: number;
}

/** A sum as it is kept. */
export interface OpenSum extends OpenCount {
  readonly visitor: Visitor;
  readonly byProxy: number;
}

const noOpens: OpenCount = { opens: 0, recipients: 0 };

export function openReport(sums: readonly OpenSum[]): OpenReport {
  const of = (visitor: Visitor): OpenCount => {
    const sum = sums.find((each) => each.visitor === visitor);
    return sum === undefined ? noOpens : { opens: sum.opens, recipients: sum.recipients };
  };
  const person = sums.find(({ visitor }) => visitor === "person");
  return { person: of("person"), scanner: of("scanner"), byProxy: person?.byProxy ?? 0 };
}

/** The page with its picture, as the last thing in it. */
export function withPicture(html: string, url: string): string {
  const picture = `<img src="${url}" width="1" height="1" alt="" style="border:0">`;
  const end = [...html.matchAll(/<\/body\s*>/gi)].at(-1)?.index ?? html.length;
  return html.slice(0, end) + picture + html.slice(end);
}
