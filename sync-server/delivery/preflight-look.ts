/** Everybody whom a launch would write to, looked at page after page: how long, when, how much. */
import { createTariff, type Micros, type Tariff } from "#domain/campaign/price.ts";
import type { Campaign } from "#domain/campaign/campaign.ts";
import { findLinks } from "#domain/engagement/link.ts";
import { hourMs, secondMs, type Instant } from "#domain/core/time.ts";
import type { Candidate } from "../store/preflight-store.ts";
import type { PreflightDeps, PreflightOf } from "./preflight-deps.ts";
import type { Tracked } from "./tracked-content.ts";
import { createWriter, type Writer } from "./writer.ts";

/** What writing messages may take; the rest is estimated from those that were written. */
const writingMs = 1.5 * secondMs;
const pageSize = 1_000;

export interface Seen {
  looked: number;
  segments: number;
  /** What they cost. */
  micros: Micros;
  unwritable: number;
  waits: number;
  missed: number;
  until: Instant | null;
  /** Those who wait, by the hour in which their time comes. */
  readonly hours: Map<Instant, Hour>;
  /** By mail domain. */
  readonly domains: Map<string, number>;
}

/** Whose time comes within one hour. */
export interface Hour {
  /** The first of them, and the last. */
  from: Instant;
  until: Instant;
  n: number;
  readonly zones: Map<string, number>;
}

export function nobody(): Seen {
  const sums = { looked: 0, segments: 0, micros: 0, unwritable: 0, waits: 0, missed: 0 };
  return { ...sums, until: null, hours: new Map(), domains: new Map() };
}

/** Page after page, until everybody was looked at or the time is over. */
export async function look(
  deps: PreflightDeps,
  { workspace, campaign, account, rule }: PreflightOf,
  { start, isFrozen }: { readonly start: Instant; readonly isFrozen: boolean },
): Promise<Seen> {
  const { store, templates, leaveUrl, clock } = deps;
  const { content, type } = campaign;
  const code = await sampleCode(deps, workspace, campaign);
  const sample = sampleLinks(deps, campaign);
  const writer = createWriter({
    templates,
    content,
    channel: type,
    leaveUrl: () => leaveUrl,
    ...(sample === null ? {} : { tracked: sample }),
  });
  const tariff = createTariff(account.price);
  const seen = nobody();
  const { columns } = writer;
  const addresses = new Set<string>();
  const until = clock() + writingMs;
  const limit = pageSize;
  for (let after = 0; ;) {
    const part = { workspace, columns, after, limit };
    const page = await (isFrozen
      ? store.preflight.frozenCandidates({ ...part, campaignId: campaign.id, now: start })
      : store.preflight.candidates({ ...part, campaign, rule, start }));
    for (const candidate of page) {
      // Several contacts may share a number: one of them is written to.
      if (addresses.has(candidate.address)) continue;
      addresses.add(candidate.address);
      count(seen, { writer, tariff, code }, candidate);
    }
    const last = page.at(-1);
    if (last === undefined || page.length < limit || clock() >= until) return seen;
    after = last.seq;
  }
}

/** A code as long as those that the messages will have; none where they have none. */
async function sampleCode(
  { store }: PreflightDeps,
  workspace: string,
  { codePoolId = null }: Campaign,
): Promise<string | undefined> {
  if (codePoolId === null) return undefined;
  const [first] = await store.codes.codes({ workspace, poolId: codePoolId, after: 0, limit: 1 });
  return "X".repeat(first?.code.length ?? 0);
}

/** As long as the links that the messages will have; null: they keep their own. */
function sampleLinks({ trackedLinks }: PreflightDeps, campaign: Campaign): Tracked | null {
  if (trackedLinks === undefined || campaign.trackLinks !== true) return null;
  const { ownUrl, length } = trackedLinks;
  const links = findLinks(campaign.content, ownUrl).map((link, index) => ({
    ...link,
    n: index + 1,
  }));
  return { links, ownUrl, urlOf: () => "x".repeat(length) };
}

interface Tools {
  readonly writer: Writer;
  readonly tariff: Tariff;
  readonly code: string | undefined;
}

function count(
  seen: Seen,
  { writer, tariff, code }: Tools,
  { seq, address, contact, waitsUntil, zone, missed }: Candidate,
): void {
  const written = writer.write({ n: seq, contact, ...(code === undefined ? {} : { code }) });
  seen.looked += 1;
  if (written.ok) {
    seen.segments += written.value.segments;
    seen.micros += written.value.segments * tariff(address);
  } else seen.unwritable += 1;
  const domain = /@(.+)$/.exec(address)?.[1]?.toLowerCase();
  if (domain !== undefined) seen.domains.set(domain, (seen.domains.get(domain) ?? 0) + 1);
  if (missed !== null) seen.missed += 1;
  if (waitsUntil !== null) wait(seen, waitsUntil, zone ?? "");
}

function wait(seen: Seen, until: Instant, zone: string): void {
  seen.waits += 1;
  seen.until = Math.max(seen.until ?? 0, until);
  const key = Math.floor(until / hourMs);
  const hour = seen.hours.get(key) ?? { from: until, until, n: 0, zones: new Map() };
  seen.hours.set(key, hour);
  hour.from = Math.min(hour.from, until);
  hour.until = Math.max(hour.until, until);
  hour.n += 1;
  hour.zones.set(zone, (hour.zones.get(zone) ?? 0) + 1);
}
