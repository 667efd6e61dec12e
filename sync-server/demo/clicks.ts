/** Clicks on the links of what the demo sent: made up, and the same each time. */
import type { Id } from "#domain/core/id.ts";
import { dayMs, minuteMs, type Instant } from "#domain/core/time.ts";
import type { Visit } from "#domain/engagement/click.ts";
import { findLinks } from "#domain/engagement/link.ts";
import type { Content } from "#domain/campaign/campaign.ts";
import type { Click } from "../store/link-store.ts";
import type { Store } from "../store/store.ts";

export interface Clicking {
  readonly store: Pick<Store, "delivery" | "links" | "reports">;
  readonly workspace: Id;
  readonly campaignId: Id;
  readonly content: Content;
  readonly launchedAt: Instant;
  readonly ownUrl: string;
  /** How long short links are. */
  readonly length: number;
}

const visits: readonly Visit[] = [
  { device: "phone", os: "iOS", country: "GB", sign: null },
  { device: "phone", os: "Android", country: "GB", sign: null },
  { device: "computer", os: "Windows", country: "GB", sign: null },
  { device: "phone", os: "Android", country: "FR", sign: null },
  { device: "computer", os: "macOS", country: "FR", sign: null },
  { device: "phone", os: "iOS", country: "DE", sign: null },
  { device: "tablet", os: "iOS", country: "GB", sign: null },
  { device: "phone", os: "Android", country: "ES", sign: null },
];

const robot: Visit = { device: "other", os: "", country: "US", sign: "robot" };

/** About every fifth who got the message, most of them soon; a few are looked into by scanners. */
export async function clickOn(of: Clicking): Promise<void> {
  const { store, workspace, campaignId, content, launchedAt, ownUrl, length } = of;
  const first = await store.reports.message({ workspace, campaignId, n: 1 });
  if (first === null) return;
  const { distribution } = first;
  const found = findLinks(content, ownUrl);
  const links = await store.delivery.noteLinks({ distribution, links: found, length });
  const filter = {
    states: ["delivered", "read"],
    reasons: [],
    carrier: null,
    edition: null,
    q: null,
    inAddress: false,
  } as const;
  const rows = await store.reports.rows({ workspace, campaignId, filter, after: 0, limit: 5_000 });
  const clicks = rows.flatMap(({ n }): Click[] => {
    // A number that looks like chance, by a multiplication that spreads neighbours.
    const luck = Math.imul(n, 2_654_435_761) >>> 8;
    const visit = luck % 31 === 0 ? robot : (visits[luck % visits.length] ?? robot);
    if (luck % 5 !== 0 && visit !== robot) return [];
    const link = links[luck % 7 === 0 ? links.length - 1 : 0]?.n ?? 1;
    const at = launchedAt + 5 * minuteMs + Math.floor(2 * dayMs * ((luck % 997) / 997) ** 3);
    return [{ ...visit, id: `demo ${distribution} ${n}`, distribution, n, link, at }];
  });
  await store.links.addClicks({ clicks });
  const until = launchedAt + 3 * dayMs;
  await store.links.judgeClicks({ until, limit: clicks.length });
  // So that devices hear of it at once, and not with the server's next look at what is through.
  await store.delivery.advance({ distribution, rate: 0, now: until });
}
