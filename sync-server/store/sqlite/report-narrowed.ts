/**
 * Which campaigns usage is asked of, as conditions on `distribution d`; of which of their two
 * channels, on `reach r`; and of which carrier, on `carrier c`.
 */
import { addressKindOf, channels, type Channel } from "#domain/campaign/channel.ts";
import { fallbackChannel } from "#domain/campaign/fallback.ts";
import { unknownCarrierName } from "#domain/report/carrier-name.ts";
import type { UsageNarrowed } from "../report-store.ts";
import type { Value } from "./database.ts";

interface Condition {
  /** Begins with `and`; "": none. */
  readonly where: string;
  readonly values: readonly Value[];
}

/** Only they have carriers. */
const phoneChannels = channels.filter((channel) => addressKindOf[channel] === "phone");

type ByWay = Pick<UsageNarrowed, "type" | "carrier">;

/** Messages of these channels are asked for. */
export function channelsAsked({ type, carrier }: ByWay): readonly Channel[] {
  const all = carrier === null ? channels : phoneChannels;
  return all.filter((channel) => type === null || channel === type);
}

/** Those that were launched in the time, and may have sent by a channel that is asked for. */
export function narrowing({ from, to, ...way }: UsageNarrowed): Condition {
  const parts: string[] = [];
  const values: Value[] = [];
  const narrow = (condition: string, value: Value): void => {
    parts.push(`and ${condition}`);
    values.push(value);
  };
  if (Number.isFinite(from)) narrow("d.created_at >= ?", from);
  if (Number.isFinite(to)) narrow("d.created_at < ?", to);
  const asked = channelsAsked(way);
  if (asked.length < channels.length) {
    const falls = asked.includes(fallbackChannel) ? "or d.falls_back = 1" : "";
    narrow(`(d.channel in (select value from json_each(?)) ${falls})`, JSON.stringify(asked));
  }
  return { where: parts.join(" "), values };
}

/** Of both of a campaign's channels what really went by one that is asked for. */
export function wayNarrowing(way: ByWay): Condition {
  const asked = channelsAsked(way);
  if (asked.length === channels.length) return { where: "", values: [] };
  const where = `and case r.second when 1 then '${fallbackChannel}' else d.channel end
    in (select value from json_each(?))`;
  return { where, values: [JSON.stringify(asked)] };
}

export function carrierNarrowing(carrier: UsageNarrowed["carrier"]): Condition {
  if (carrier === null) return { where: "", values: [] };
  if (carrier === unknownCarrierName) {
    return { where: "and coalesce(c.name, '') = ''", values: [] };
  }
  return { where: "and c.name = ?", values: [carrier] };
}
