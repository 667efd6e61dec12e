/** The report of tracked links: what came of each, and every click with whose it was (S1-15 to S1-19). */
import { may } from "#domain/access/permission.ts";
import type { Campaign } from "#domain/campaign/campaign.ts";
import { scannerSigns } from "#domain/engagement/click.ts";
import { signWords } from "#domain/engagement/sign-words.ts";
import { linkReport, sharesOf, type Share, type Shares } from "#domain/engagement/link-report.ts";
import { numbersInSum, sumLinkReports, sumShares } from "#domain/engagement/link-sums.ts";
import {
  clickFilter,
  clickPage,
  clickQuery,
  linksAnswer,
  type ClickItem,
  type LinksAnswer,
} from "#protocol/rest/links.ts";
import { id } from "#protocol/value.ts";
import type { FastifyInstance } from "fastify";
import * as v from "valibot";
import type { ClickFilter, ClickRow, LinkSums } from "../store/link-store.ts";
import type { Store } from "../store/store.ts";
import { clicksFile } from "./export/clicks.ts";
import { exportBatch } from "./export/recipients.ts";
import { HttpProblem } from "./problem.ts";
import { addressShower, toClicks, type ShowAddress } from "./report-answers.ts";
import { route, type Caller } from "./route.ts";

export interface LinkReportDeps {
  readonly store: Pick<Store, "links" | "reports">;
}

const campaignUrl = "/api/v1/campaigns/:id";
const params = v.object({ id });

export function registerLinkReport(app: FastifyInstance, { store }: LinkReportDeps): void {
  route(app, {
    method: "GET",
    url: `${campaignUrl}/links`,
    summary:
      "The tracked links of a campaign: clicks of people and of scanners, where and with what; of one that repeats, of all its runs, where a recipient counts once in each",
    permission: "report.read",
    params,
    answers: { 200: linksAnswer },
    handle: async ({ caller: { workspace }, params: { id: campaignId } }) =>
      toLinks(await sumsOf(store, workspace, campaignId)),
  });
  route(app, {
    method: "GET",
    url: `${campaignUrl}/clicks`,
    summary: "Every click on a campaign's links: number, location, time and the link's variable",
    permission: "report.read",
    params,
    query: clickQuery,
    answers: { 200: clickPage },
    handle: async ({ caller, params: { id: campaignId }, query }) => {
      const { limit, cursor = "0", ...wanted } = query;
      const of = await clicksOf(store, caller, campaignId, toFilter(wanted));
      const rows = await of.read(Number(cursor), limit + 1);
      const page = rows.slice(0, limit);
      const next = rows.length > limit ? String(page.at(-1)?.seq ?? "") : null;
      return { items: page.map((row) => toClick(row, of.show)), next };
    },
  });
  route(app, {
    method: "GET",
    url: `${campaignUrl}/clicks.csv`,
    summary: "The same clicks as a file, streamed",
    permission: "report.export",
    params,
    query: clickFilter,
    answers: { 200: "csv" },
    handle: async ({ caller, params: { id: campaignId }, query, reply }) => {
      const of = await clicksOf(store, caller, campaignId, toFilter(query));
      reply.header("content-type", "text/csv; charset=utf-8");
      reply.header(
        "content-disposition",
        `attachment; filename="clicks-${of.campaign.number}.csv"`,
      );
      reply.header("cache-control", "no-store");
      return clicksFile({
        read: (after) => of.read(after, exportBatch),
        toItem: (row) => toClick(row, of.show),
      });
    },
  });
}

async function sumsOf(
  store: LinkReportDeps["store"],
  workspace: string,
  campaignId: string,
): Promise<readonly LinkSums[]> {
  const sums = await store.links.linkSums({ workspace, campaignId });
  // A campaign without tracked links has no such report.
  if (sums.length === 0) throw new HttpProblem("not_found");
  return sums;
}

interface Clicks {
  readonly campaign: Campaign;
  readonly show: ShowAddress;
  read(after: number, limit: number): Promise<readonly ClickRow[]>;
}

async function clicksOf(
  store: LinkReportDeps["store"],
  { workspace, role, access }: Caller,
  campaignId: string,
  filter: ClickFilter,
): Promise<Clicks> {
  await sumsOf(store, workspace, campaignId);
  const campaign = await store.reports.campaign({ workspace, campaignId });
  if (campaign === null) throw new HttpProblem("not_found");
  return {
    campaign,
    show: addressShower(campaign, may(role, "address.see", access)),
    read: (after, limit) => store.links.clickRows({ workspace, campaignId, filter, after, limit }),
  };
}

function toFilter({ link, visitor }: v.InferOutput<typeof clickFilter>): ClickFilter {
  return { link: link === undefined ? null : Number(link), visitor: visitor ?? null };
}

function toLinks(runs: readonly LinkSums[]): LinksAnswer {
  const report = sumLinkReports(runs.map(({ links, sums }) => linkReport(links, sums)));
  const shares = sharesByLink(runs);
  return {
    people: toClicks(report.person),
    scanners: toClicks(report.scanner),
    ...toShares(report),
    links: report.links.map(({ n, name, url, person, scanner, firstAt, lastAt }) => ({
      n,
      name,
      url,
      people: toClicks(person),
      scanners: toClicks(scanner),
      firstAt: isoOrNull(firstAt),
      lastAt: isoOrNull(lastAt),
      ...toShares(sumShares(shares.get(n) ?? [])),
    })),
    rule: scannerSigns.map((sign) => ({ sign, text: signWords[sign] })),
  };
}

/** Of each link of the sum, what each run tells of it. */
function sharesByLink(runs: readonly LinkSums[]): ReadonlyMap<number, readonly Shares[]> {
  const numbers = numbersInSum(runs.map(({ links }) => links));
  const all = runs.flatMap(({ links, sums }, run) =>
    links.map(({ n }) => ({ n: numbers[run]?.get(n), shares: sharesOf(sums, n) })),
  );
  const byLink = new Map<number, Shares[]>();
  for (const { n = 0, shares } of all) byLink.set(n, [...(byLink.get(n) ?? []), shares]);
  return byLink;
}

function toShares({ devices, systems, countries }: Shares) {
  return { devices: toPlain(devices), systems: toPlain(systems), countries: toPlain(countries) };
}

function toPlain(shares: readonly Share[]) {
  return shares.map((share) => ({ name: share.name, ...toClicks(share) }));
}

function toClick(row: ClickRow, show: ShowAddress): ClickItem {
  return {
    campaign: row.campaign,
    n: row.n,
    number: show(row.address),
    recipient: row.name,
    location: row.country,
    timestamp: new Date(row.at).toISOString(),
    link: row.link,
    variable: row.linkName,
    visitor: row.visitor,
    sign: row.sign,
    device: row.device,
    system: row.os,
  };
}

function isoOrNull(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
