/** Keeping the links of a campaign, before the first message with them goes out. */
import { keyOf, maxLinks } from "#domain/engagement/link.ts";
import type { DeliveryStore } from "../delivery-store.ts";
import { readLinks } from "./link-rows.ts";
import type { Operations } from "./operation.ts";

export const noteLinks: Operations<DeliveryStore>["noteLinks"] = (
  db,
  { distribution, links, length },
) => {
  const known = readLinks(db, distribution);
  const keys = new Set(known.map(keyOf));
  const fresh = links.filter((link) => !keys.has(keyOf(link)));
  const names = new Set(known.map(({ name }) => name));
  let n = known.length;
  for (const { url, place, name } of fresh.slice(0, Math.max(0, maxLinks - known.length))) {
    n += 1;
    const isTaken = names.has(name);
    db.run(
      "insert into link (distribution, n, url, place, name) values (?, ?, ?, ?, ?)",
      distribution,
      n,
      url,
      place,
      isTaken ? `${name} (${n})` : name,
    );
  }
  if (n === known.length) return known;
  // What its counters show has changed, and how long its text is.
  db.run(
    "update distribution set link_length = ?, ver = ver + 1 where seq = ?",
    length,
    distribution,
  );
  return readLinks(db, distribution);
};
