/** The hours of a campaign, as the server tells them; the last answer is kept. */
import type { Id } from "#domain/core/id.ts";
import { ok, type Result } from "#domain/core/result.ts";
import { marks } from "#domain/message/marks.ts";
import { messageStates } from "#domain/message/state.ts";
import type { HourSpans } from "#domain/report/hour-spans.ts";
import { hoursAnswer, type HoursAnswer } from "#protocol/rest/report-hours.ts";
import * as v from "valibot";
import type { ClientDb } from "../db/client-db.ts";
import { keepHours, loadHours } from "../db/hours.ts";
import type { Api, Failure } from "./api.ts";

/** As they were when this device last asked; null: it never did, or has them no more. */
export async function keptHours(db: ClientDb, campaign: Id): Promise<HourSpans | null> {
  const parsed = v.safeParse(hoursAnswer, await loadHours(db, campaign));
  return parsed.success ? toHours(parsed.output) : null;
}

/** All pages of one moment: when it moved on between two of them, they are asked for again. */
export async function askHours(
  api: Api,
  db: ClientDb,
  campaign: Id,
): Promise<Result<HourSpans, Failure>> {
  let told = await allPages(api, campaign);
  for (let more = 2; more > 0 && !told.ok && told.error.status === 410; more--) {
    told = await allPages(api, campaign);
  }
  if (!told.ok) return told;
  await keepHours(db, campaign, told.value);
  return ok(toHours(told.value));
}

async function allPages(api: Api, campaign: Id): Promise<Result<HoursAnswer, Failure>> {
  const ask = (query: string) =>
    api.request(hoursAnswer, "GET", `/api/v1/campaigns/${campaign}/hours${query}`);
  const first = await ask("");
  if (!first.ok) return first;
  const { snapshot } = first.value;
  const items = [...first.value.items];
  for (let { next } = first.value; next !== null;) {
    const page = await ask(`?${new URLSearchParams({ snapshot, cursor: next })}`);
    if (!page.ok) return page;
    items.push(...page.value.items);
    next = page.value.next;
  }
  return ok({ ...first.value, items, next: null });
}

function toHours({ snapshot, asOf, items }: HoursAnswer): HourSpans {
  return {
    snapshot,
    asOf: Date.parse(asOf),
    spans: items.map(({ at, spanMs, entered, marked }) => ({
      at: Date.parse(at),
      spanMs,
      entered: known(messageStates, entered),
      marked: known(marks, marked),
    })),
  };
}

/** What this app knows of what a later server counts. */
function known<K extends string>(
  keys: readonly K[],
  counts: Readonly<Record<string, number>>,
): Partial<Record<K, number>> {
  const found: Partial<Record<K, number>> = {};
  for (const key of keys) {
    const n = counts[key];
    if (n !== undefined && n > 0) found[key] = n;
  }
  return found;
}
