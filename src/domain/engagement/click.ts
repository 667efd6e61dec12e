/**
 * Clicks, and the rule by which those of people are told from those of scanners: programs of mail
 * providers and phones that open links to look at what is behind them. Both are kept and shown;
 * only those of people count as interest.
 */
import type { Channel } from "../campaign/channel.ts";
import { secondMs, type Instant } from "../core/time.ts";
import type { MessageState } from "../message/state.ts";

export const visitors = ["person", "scanner"] as const;

export type Visitor = (typeof visitors)[number];

/** Why a click counts as a scanner's. */
export const scannerSigns = ["robot", "prefetch", "too_soon", "several"] as const;

export type ScannerSign = (typeof scannerSigns)[number];

/** What the request itself gives away. */
export const requestSigns = ["robot", "prefetch"] as const satisfies readonly ScannerSign[];

/** null: nothing. */
export type RequestSign = (typeof requestSigns)[number] | null;

export const tooSoonMs = 2 * secondMs;
export const severalMs = secondMs;
/** When nothing more can come that makes a click a scanner's. */
export const judgedAfterMs = severalMs;

export const devices = ["phone", "tablet", "computer", "other"] as const;

export type Device = (typeof devices)[number];

/** What is kept of who clicked: no address, and nothing that names a person. */
export interface Visit {
  readonly device: Device;
  /** "iOS", "Android", "Windows", …; "" where nothing tells. */
  readonly os: string;
  /** Two letters (ISO 3166); "" where nothing tells. */
  readonly country: string;
  readonly sign: RequestSign;
}

/** A message as it stands when its click is judged. */
export interface Clicked {
  readonly channel: Channel;
  readonly state: MessageState;
  /** When it came into its state. */
  readonly at: Instant;
}

/** One click of a message, as far as others of it are judged by it. */
export interface Neighbour {
  readonly link: number;
  readonly at: Instant;
}

/** Why a click is a scanner's; null: it is a person's. */
export function signOf(
  click: Neighbour & Pick<Visit, "sign">,
  message: Clicked,
  others: readonly Neighbour[],
): ScannerSign | null {
  if (click.sign !== null) return click.sign;
  const isAmongSeveral = others.some(
    ({ link, at }) => link !== click.link && Math.abs(at - click.at) < severalMs,
  );
  if (isAmongSeveral) return "several";
  return isTooSoon(click.at, message) ? "too_soon" : null;
}

/** Only e-mail is looked into on its way; whoever has an SMS in their hand may be that fast. */
function isTooSoon(clickedAt: Instant, { channel, state, at }: Clicked): boolean {
  if (channel !== "email") return false;
  if (state === "sending") return true;
  return state === "submitted" && clickedAt - at < tooSoonMs;
}
