/** Campaigns over REST: plain objects with ISO times. */
import { hasProposed } from "#domain/campaign/proposed.ts";
import {
  approvalStates,
  latePolicies,
  type Approval,
  type Campaign,
  type Schedule,
} from "#domain/campaign/campaign.ts";
import { codePolicies } from "#domain/codes/pool.ts";
import { openChannels, channels } from "#domain/campaign/channel.ts";
import { pauseReasons, phases } from "#domain/campaign/lifecycle.ts";
import { pauseEndsAt } from "#domain/campaign/pause.ts";
import type { Instant } from "#domain/core/time.ts";
import { maxFieldName } from "#domain/schedule/occasion.ts";
import { repeatEverys } from "#domain/schedule/repeat.ts";
import { isWallTime } from "#domain/schedule/wall-time.ts";
import * as v from "valibot";
import { campaignBudget, trigger } from "../command.ts";
import { count, id, isoMoment, longText, plain, shortText } from "../value.ts";
import { fallbackAnswer, fallbackFields } from "./fallback.ts";
import { campaignCursor, limitUpTo } from "./page.ts";

const isoTime = isoMoment("must be an ISO 8601 time with a zone");
const name = v.pipe(
  v.string(),
  v.trim(),
  v.minLength(1, "must not be empty"),
  v.maxLength(200),
  plain,
);

const contentParts = v.strictObject({
  subject: v.exactOptional(shortText),
  text: v.exactOptional(longText),
  html: v.exactOptional(longText),
});

const codeFields = {
  /** Each message carries a code of this pool: its text shows it by `{{ code }}`. */
  codePoolId: v.exactOptional(v.nullable(id)),
  /** What happens when the pool has fewer codes than recipients; `refuse` when left out. */
  codePolicy: v.exactOptional(v.picklist(codePolicies)),
};

const linkFields = {
  /** Short links stand for those of its text, and tell who follows them; `true` when left out. */
  trackLinks: v.exactOptional(v.boolean()),
};

export const campaignCreate = v.strictObject({
  name,
  group: v.exactOptional(v.literal("messaging")),
  type: v.picklist(openChannels, `must be one of ${openChannels.join(", ")}`),
  content: v.exactOptional(contentParts),
  audienceId: v.exactOptional(v.nullable(id)),
  accountId: v.exactOptional(v.nullable(id)),
  ...codeFields,
  ...linkFields,
  ...fallbackFields,
});

export type CampaignCreate = v.InferOutput<typeof campaignCreate>;

/** Parts that are left out stay as they are. */
export const campaignPatch = v.strictObject({
  name: v.exactOptional(name),
  /** Who has not been written to by then is skipped; null: it does not end. */
  validUntil: v.exactOptional(v.nullable(isoTime)),
  /**
   * What it may spend, and each of its runs; null: nothing limits it. Money is in the currency of
   * the account's price; `units` are SMS segments, or messages on other channels. It may be changed
   * at any time; who does not fit is skipped with `budget_reached`.
   */
  budget: v.exactOptional(v.nullable(campaignBudget)),
  content: v.exactOptional(contentParts),
  audienceId: v.exactOptional(v.nullable(id)),
  accountId: v.exactOptional(v.nullable(id)),
  ...codeFields,
  ...linkFields,
  ...fallbackFields,
});

export type CampaignPatch = v.InferOutput<typeof campaignPatch>;

const whole = v.pipe(v.number(), v.integer());

export const campaignSchedule = v.strictObject({
  /** A moment (`2026-11-21T15:30:00Z`), or what clocks in the zone shall show (`2026-11-21T15:30`). */
  at: v.pipe(
    v.string(),
    v.check(
      (text) => isWallTime(text) || v.is(isoTime, text),
      "must be an ISO 8601 time with a zone, or a date and a time as clocks in the zone show it",
    ),
  ),
  /** The zone in which the time is meant and shown again; UTC when left out. */
  zone: v.optional(v.pipe(v.string(), v.maxLength(64)), "UTC"),
  /** What happens when the moment has passed before the server could act. */
  ifLate: v.optional(v.picklist(latePolicies), "hold"),
  /** Each recipient's own clocks shall show the time; `at` has no zone of its own then. */
  local: v.exactOptional(v.boolean()),
  /** It goes out again and again and stays live, from `at` on, as clocks in the zone show it. */
  repeat: v.exactOptional(
    v.strictObject({
      every: v.picklist(repeatEverys, `must be one of ${repeatEverys.join(", ")}`),
      /** 2: every second day, week or month. */
      interval: v.optional(whole, 1),
      /** Of a week: 1 is Monday, 7 is Sunday; the weekday of `at` when left out. */
      weekdays: v.exactOptional(v.pipe(v.array(whole), v.maxLength(7))),
      /** Of a month; in a shorter month it is the last day. The day of `at` when left out. */
      monthDay: v.exactOptional(whole),
      /** The last day that it may be: `2026-12-31`. */
      until: v.exactOptional(v.pipe(v.string(), v.maxLength(10))),
      /** It ends after so many runs. */
      times: v.exactOptional(whole),
    }),
  ),
});

export type CampaignSchedule = v.InferOutput<typeof campaignSchedule>;

const entrance = {
  /** Minutes between what happened and the message. */
  delayMinutes: v.optional(whole, 0),
  /** Hours before the same person may enter again; null: once and never again. */
  againAfterHours: v.optional(v.nullable(whole), null),
};

const liveTrigger = v.variant("kind", [
  v.strictObject({
    /** What happens elsewhere, told by `POST /api/v1/events`; what `kind` means when left out. */
    kind: v.optional(v.literal("event"), "event"),
    /** The name of the event that brings people in: `order_paid`. */
    event: v.pipe(v.string(), v.maxLength(64)),
    ...entrance,
  }),
  v.strictObject({
    /** Somebody uses a code. */
    kind: v.literal("redeemed"),
    /** Only this code, or with `*` at its end those that begin so; null: any. */
    code: v.optional(v.nullable(v.pipe(v.string(), v.maxLength(65))), null),
    /** Only codes of this campaign; null: of any. */
    campaignId: v.optional(v.nullable(id), null),
    ...entrance,
  }),
  v.strictObject({
    /** Somebody comes into the audience. */
    kind: v.literal("entry"),
    /** Whether those who are in it now are written to as well. */
    existing: v.optional(v.picklist(["skip", "send"]), "skip"),
    ...entrance,
  }),
  v.strictObject({
    /** A date of the contact comes. */
    kind: v.literal("date"),
    /** The heading of the further column that holds it. */
    field: v.pipe(v.string(), v.trim(), v.maxLength(maxFieldName)),
    /** `year`: it comes each year. Of 29 February the years that have none keep 28 February. */
    every: v.optional(v.picklist(["year", "once"]), "year"),
    /** Days after the date; below 0: before it. */
    days: v.optional(whole, 0),
    /** What clocks show: `09:00`. */
    time: v.pipe(v.string(), v.maxLength(5)),
    zone: v.optional(v.pipe(v.string(), v.maxLength(64)), "UTC"),
    /** Each recipient's own clocks show it; `zone` is for those whose zone nobody knows. */
    local: v.optional(v.boolean(), false),
    /** How 3/4/1990 is read. */
    order: v.optional(v.picklist(["dayFirst", "monthFirst"]), "dayFirst"),
    /** What becomes of a message that is later than six hours. */
    ifLate: v.optional(v.picklist(latePolicies), "hold"),
  }),
]);

export const campaignLive = v.strictObject({ trigger: liveTrigger });

export const campaignDuplicate = v.strictObject({ name: v.exactOptional(name) });

export const campaignSend = v.strictObject({
  /** Without the time in which the workspace lets it be taken back. */
  atOnce: v.exactOptional(v.boolean()),
});

/** An act that takes nothing. */
export const nothing = v.strictObject({});

/** What was seen and is approved: the `contentHash` of the campaign's approval. */
export const campaignApprove = v.strictObject({
  contentHash: v.pipe(v.string(), v.minLength(1, "must not be empty"), v.maxLength(64)),
});

export const campaignReject = v.strictObject({
  reason: v.pipe(v.string(), v.trim(), v.minLength(1, "must not be empty"), v.maxLength(1_000)),
});

export const campaignQuery = v.strictObject({
  phase: v.exactOptional(v.picklist(phases, `must be one of ${phases.join(", ")}`)),
  type: v.exactOptional(v.picklist(channels, `must be one of ${channels.join(", ")}`)),
  limit: v.optional(limitUpTo(500), "100"),
  cursor: v.exactOptional(campaignCursor),
});

export const runsQuery = v.strictObject({
  limit: v.optional(limitUpTo(500), "100"),
  cursor: v.exactOptional(campaignCursor),
});

export const campaignAnswer = v.object({
  id,
  number: v.nullable(count),
  rev: count,
  name: v.string(),
  group: v.literal("messaging"),
  type: v.picklist(channels),
  content: v.object({ subject: v.string(), text: v.string(), html: v.string() }),
  audienceId: v.nullable(id),
  accountId: v.nullable(id),
  codePoolId: v.nullable(id),
  codePolicy: v.picklist(codePolicies),
  trackLinks: v.boolean(),
  fallback: v.nullable(fallbackAnswer),
  schedule: v.nullable(
    v.object({
      at: isoTime,
      zone: v.string(),
      /** What clocks in the zone shall show; left out where a moment was given. */
      wall: v.exactOptional(v.string()),
      /** Each recipient's own clocks shall show it. */
      local: v.exactOptional(v.boolean()),
      /** It was sent and may be taken back until then. */
      delay: v.exactOptional(v.boolean()),
      ifLate: v.picklist(latePolicies),
      /** It goes out again and again: `at` is the next time. */
      repeat: v.exactOptional(
        v.object({
          from: v.string(),
          every: v.picklist(repeatEverys),
          interval: count,
          weekdays: v.exactOptional(v.array(count)),
          monthDay: v.exactOptional(count),
          until: v.exactOptional(v.string()),
          times: v.exactOptional(count),
        }),
      ),
    }),
  ),
  /** A planned moment that passed while the server was down for too long: send it, or plan it again. */
  validUntil: v.nullable(isoTime),
  budget: v.nullable(campaignBudget),
  held: v.nullable(v.object({ plannedFor: isoTime, zone: v.string() })),
  /** The launch that another person has to agree to, or said no to; null: none was asked for. */
  approval: v.nullable(
    v.object({
      state: v.picklist(approvalStates),
      /** What was asked for, as one short text: give it back to approve exactly this. */
      contentHash: v.string(),
      askedBy: v.string(),
      askedAt: isoTime,
      /** When it shall go out; null: as soon as it is approved. */
      at: v.nullable(isoTime),
      answeredBy: v.nullable(v.string()),
      answeredAt: v.nullable(isoTime),
      /** Why it was rejected; "" otherwise. */
      reason: v.string(),
    }),
  ),
  /** The text that waits for a yes while the campaign goes on with `content`; null: none does. */
  proposed: v.nullable(v.object({ subject: v.string(), text: v.string(), html: v.string() })),
  phase: v.picklist(phases),
  pausedFrom: v.nullable(v.picklist(phases)),
  pauseReason: v.nullable(v.picklist(pauseReasons)),
  pausedAt: v.nullable(isoTime),
  /** When it is canceled unless it is resumed: pauses by the system do not last for ever. */
  pauseEndsAt: v.nullable(isoTime),
  createdAt: isoTime,
  createdBy: v.string(),
  updatedAt: isoTime,
  launchedAt: v.nullable(isoTime),
  startedAt: v.nullable(isoTime),
  submittedAt: v.nullable(isoTime),
  completedAt: v.nullable(isoTime),
  /** Recipients; null before the audience is frozen. */
  total: v.nullable(count),
  /** It goes to each person for whom this happens. */
  trigger: v.nullable(trigger),
  /** How often a recurring campaign went out. */
  firings: count,
  /** Of a run: the recurring campaign, which of its times, and when that was planned. */
  firing: v.nullable(v.object({ of: id, n: count, at: isoTime })),
  /** Since when a campaign that was live begins nothing new. */
  endedAt: v.nullable(isoTime),
  /**
   * Its texts since the launch, the newest last, where it was edited while it was paused: how many
   * were written to while each was the newest; null of the newest. Their words: `/editions`.
   */
  editions: v.array(v.object({ n: count, since: isoTime, handed: v.nullable(count) })),
});

export type CampaignAnswer = v.InferOutput<typeof campaignAnswer>;

export const campaignPage = v.object({
  items: v.array(campaignAnswer),
  /** For `?cursor=`; null at the end. */
  next: v.nullable(v.string()),
});

/** A campaign as the API shows it. */
export function toCampaignAnswer(campaign: Campaign): CampaignAnswer {
  const {
    waiting: _onDevicesOnly,
    schedule,
    held = null,
    approval = null,
    validUntil = null,
    ...rest
  } = campaign;
  const { firing } = campaign;
  return {
    ...rest,
    ...toSent(campaign),
    schedule: schedule === null ? null : toScheduleAnswer(schedule),
    validUntil: isoOrNull(validUntil),
    budget: toBudget(campaign),
    approval: approval === null ? null : toApproval(approval),
    proposed: toProposed(campaign),
    held: held === null ? null : { ...held, plannedFor: iso(held.plannedFor) },
    pausedAt: isoOrNull(campaign.pausedAt ?? null),
    pauseEndsAt: isoOrNull(pauseEndsAt(campaign)),
    createdAt: iso(campaign.createdAt),
    updatedAt: iso(campaign.updatedAt),
    launchedAt: isoOrNull(campaign.launchedAt),
    startedAt: isoOrNull(campaign.startedAt),
    submittedAt: isoOrNull(campaign.submittedAt),
    completedAt: isoOrNull(campaign.completedAt),
    trigger: campaign.trigger ?? null,
    firings: campaign.firings ?? 0,
    firing: firing === undefined ? null : { ...firing, at: iso(firing.at) },
    endedAt: isoOrNull(campaign.endedAt ?? null),
    editions: toEditions(campaign),
  };
}

/** What its messages carry besides their text. */
function toSent({
  codePoolId = null,
  codePolicy = "refuse",
  trackLinks = false,
  fallback = null,
}: Campaign): Pick<CampaignAnswer, "codePoolId" | "codePolicy" | "trackLinks" | "fallback"> {
  return { codePoolId, codePolicy, trackLinks, fallback };
}

function toBudget({ budget }: Campaign): CampaignAnswer["budget"] {
  return budget ?? null;
}

function toProposed(campaign: Campaign): CampaignAnswer["proposed"] {
  return hasProposed(campaign) ? (campaign.proposed ?? null) : null;
}

function toEditions({ editions = [] }: Campaign): CampaignAnswer["editions"] {
  return editions.map((each) => ({ ...each, since: iso(each.since) }));
}

function toScheduleAnswer({ repeat, ...schedule }: Schedule): CampaignAnswer["schedule"] {
  const answer = { ...schedule, at: iso(schedule.at) };
  if (repeat === undefined) return answer;
  const { weekdays, ...rule } = repeat;
  return {
    ...answer,
    repeat: weekdays === undefined ? rule : { ...rule, weekdays: [...weekdays] },
  };
}

function toApproval(approval: Approval): NonNullable<CampaignAnswer["approval"]> {
  const { state, contentHash, askedBy, askedAt, schedule, by, at, reason } = approval;
  return {
    state,
    contentHash,
    askedBy,
    askedAt: iso(askedAt),
    at: isoOrNull(schedule?.at ?? null),
    answeredBy: by,
    answeredAt: isoOrNull(at),
    reason,
  };
}

function iso(at: Instant): string {
  return new Date(at).toISOString();
}

function isoOrNull(at: Instant | null): string | null {
  return at === null ? null : iso(at);
}
