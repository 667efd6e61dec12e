/** The same workspace for everybody: campaigns, half of them sent, with the counters of a report each. */
import type { Campaign } from "#domain/campaign/campaign.ts";
import { noCounts } from "#domain/message/state.ts";
import { minuteMs } from "#domain/core/time.ts";
import type { Write } from "#domain/sync/decision.ts";
import type { Rollup, SeriesPoint } from "#domain/report/rollup.ts";
import type { Store } from "../../../../sync-server/store/store.ts";
import { aCampaign, anId, noon } from "../../../support/campaigns.ts";

export const workspace = anId(0xffff);

const places = ["Lisbon", "Porto", "Berlin", "Madrid", "Rome", "Paris", "Vienna", "Prague"];
const occasions = ["spring sale", "new menu", "opening", "members' evening", "summer offer"];

/** Campaign `index`, from 0: names and texts differ as those of people do. */
export function campaign(index: number): Campaign {
  const hash = Math.imul(index + 1, 2_654_435_761) >>> 0;
  const place = places[hash % places.length] ?? "";
  const occasion = occasions[(hash >>> 8) % occasions.length] ?? "";
  const isSent = index % 2 === 0;
  const launchedAt = isSent ? noon + index * minuteMs : null;
  return aCampaign({
    id: anId(0x10_0000 + index),
    number: 1_001 + index,
    name: `${place}: ${occasion} ${index + 1}`,
    type: "email",
    content: {
      subject: `Your invitation to the ${occasion} in ${place}`,
      text: `Hello {{ first_name }},\n\nwe open on day ${(hash >>> 16) % 30} at ${hash % 12} o'clock in ${place}. ${"There is something for everybody. ".repeat(3 + (hash % 5))}\n\nYour team ${hash % 97}`,
      html: "",
    },
    phase: isSent ? "completed" : "pending",
    launchedAt,
    startedAt: launchedAt,
    completedAt: launchedAt === null ? null : launchedAt + 60 * minuteMs,
    total: isSent ? 9_000 + (hash % 5_000) : null,
  });
}

/** The counters of a campaign that has been sending for so many minutes, 150 messages in each. */
export function rollup(index: number, minutes = 60): Rollup {
  const hash = Math.imul(index + 7, 2_246_822_519) >>> 0;
  const series = Array.from({ length: minutes }, (_, minute) => point(index, minute, hash));
  const sum = (state: "submitted" | "delivered" | "failed") =>
    series.reduce((all, { entered }) => all + (entered[state] ?? 0), 0);
  const failed = sum("failed");
  const delivered = sum("delivered");
  const states = {
    ...noCounts,
    queued: 9_000 - sum("submitted") - failed,
    delivered,
    submitted: sum("submitted") - delivered,
    failed,
  };
  return {
    id: anId(0x10_0000 + index),
    total: 9_000,
    states,
    segments: states,
    reasons: [
      { state: "failed", reason: "invalid_address", n: Math.ceil(failed / 2) },
      { state: "failed", reason: "unreachable", n: Math.floor(failed / 2) },
    ],
    marks: { recovered: hash % 40 },
    spanMs: minuteMs,
    series,
    rate: 2.5,
    at: noon + index * minuteMs + minutes * minuteMs,
  };
}

function point(index: number, minute: number, hash: number): SeriesPoint {
  const dither = (hash >>> (minute % 24)) % 9;
  return {
    at: noon + (index + minute) * minuteMs,
    entered: { submitted: 140 + dither, delivered: 136 + dither, failed: dither % 3 },
  };
}

/** All of them, each sent one with its counters. */
export function documents(campaigns: number): readonly Write[] {
  return Array.from({ length: campaigns }, (_, index) => campaign(index)).flatMap(
    (doc, index): readonly Write[] => {
      const own: Write = { kind: "campaign", id: doc.id, doc };
      if (doc.total === null) return [own];
      return [own, { kind: "rollup", id: doc.id, doc: rollup(index) }];
    },
  );
}

export async function write(store: Store, writes: readonly Write[], now: number): Promise<void> {
  await store.sync.commitWrites({ workspace, expect: [], writes, activity: null, now });
}
