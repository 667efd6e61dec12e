/** Which campaigns usage is asked of, as conditions on `distribution d`; and of which carrier, on `carrier c`. */
import { addressKindOf, channels } from "#domain/campaign/channel.ts";
import { unknownCarrierName } from "#domain/report/carrier-name.ts";
import type { UsageNarrowed } from "../report-store.ts";
import type { Value } from "./database.ts";

interface Condition {
  /** Begins with `and`; "": none. */
  readonly where: string;
  readonly values: readonly Value[];
}

/** Only they have carriers. */
export const phoneChannels = channels.filter((channel) => addressKindOf[channel] === "phone");

export function narrowing({ from, to, type, carrier }: UsageNarrowed): Condition {
  const parts: string[] = [];
  const values: Value[] = [];
  const narrow = (condition: string, value: Value): void => {
    parts.push(`and ${condition}`);
    values.push(value);
  };
  if (Number.isFinite(from)) narrow("d.created_at >= ?", from);
  if (Number.isFinite(to)) narrow("d.created_at < ?", to);
  if (type !== null) narrow("d.channel = ?", type);
  if (carrier !== null) {
    narrow("d.channel in (select value from json_each(?))", JSON.stringify(phoneChannels));
  }
  return { where: parts.join(" "), values };
}

export function carrierNarrowing(carrier: UsageNarrowed["carrier"]): Condition {
  if (carrier === null) return { where: "", values: [] };
  if (carrier === unknownCarrierName) {
    return { where: "and coalesce(c.name, '') = ''", values: [] };
  }
  return { where: "and c.name = ?", values: [carrier] };
}
