/** Reading who is written to next, with everything that decides whether they are. */
import { addressKindOf } from "#domain/campaign/channel.ts";
import { dayMs, type Instant } from "#domain/core/time.ts";
import type { FrequencyCap } from "#domain/limits/people-limits.ts";
import type { ContactColumn } from "../distribution.ts";
import { storedAs } from "./contact-columns.ts";
import type { Value } from "./database.ts";
import type { Distribution } from "./delivery-rows.ts";
import type { TimingRule } from "./delivery-timing.ts";

export interface Claim {
  readonly boot: string;
  readonly limit: number;
  readonly cap: FrequencyCap | null;
  readonly columns: readonly ContactColumn[];
  readonly timing: TimingRule;
  /** One message is tried, to find out whether the way is mended. */
  readonly isProbe: boolean;
  /** A budget has to be asked for each of them. */
  readonly isLimited: boolean;
  readonly now: Instant;
}

/** How many other messages went to the person of late; nothing is looked up where no cap is set. */
const overSql = `(select count(*) from pressure p where p.ws = m.ws and p.contact = m.contact
  and p.channel = ? and (p.distribution <> m.distribution or p.n <> m.n) and p.at > ?) >= ?`;

/** The address is the frozen one; consent and suppression are those of this moment. */
export function candidates({ cap, columns, timing }: Asked): string {
  return `select m.n, m.state, m.gen, m.try, m.reason, m.segments, m.marks, m.at, m.month, m.carrier, m.address,
    c.seq as known, ${contactSql(columns)}${timing.needs}s.granted, ${suppressedSql} as suppressed,
    ${cap === null ? "0" : overSql} as over ${fromSql}`;
}

/**
 * Fresh messages of a span, as little as it takes: the number, whether it may go as it was
 * frozen (1; else it has to be looked at as a candidate), the address, the contact's columns.
 * `further`: what else is asked of them.
 */
export function glances({ cap, columns }: Asked, further = ""): string {
  return `select m.n, s.granted is 1 and c.seq is not null and m.gen = 1 and m.try = 0
      and m.reason = 0 and m.segments = 1 and m.marks = 0 and not ${suppressedSql}
      ${cap === null ? "" : `and not (${overSql})`},
    m.address${columns.map((column) => `, c.${storedAs[column]}`).join("")} ${fromSql}
    and m.n between ? and ? and m.state = 0 ${further} order by m.n`;
}

type Asked = Pick<Claim, "cap" | "columns" | "timing">;

function contactSql(columns: readonly ContactColumn[]): string {
  return columns.map((column) => `c.${storedAs[column]}, `).join("");
}

const suppressedSql = `exists (select 1 from suppression x where x.workspace = ? and x.kind = ?
  and x.address = m.address and (x.until is null or x.until > ?))`;

const fromSql = `from message m
  left join contact c on c.seq = m.contact and c.workspace = ?
  left join consent s on s.workspace = ? and s.contact = m.contact and s.channel = ?
  where m.ws = ? and m.distribution = ?`;

/** The values of `candidates` and `glances`, up to the messages that are asked for. */
export function joined(
  { workspace, channel, ws, seq }: Distribution,
  { cap, now }: Pick<Claim, "cap" | "now">,
): readonly Value[] {
  const capped = cap === null ? [] : [channel, now - cap.days * dayMs, cap.messages];
  const kind = addressKindOf[channel];
  return [workspace, kind, now, ...capped, workspace, workspace, channel, ws, seq];
}
