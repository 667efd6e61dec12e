/** Reports that come by themselves, and alerts, over REST: each is the caller's own. */
import { channels } from "#domain/campaign/channel.ts";
import { alertMeasures } from "#domain/report/alert-measure.ts";
import { spokenLanguages } from "#domain/report/spoken.ts";
import { subscriptionEverys } from "#domain/report/subscription.ts";
import { isZone } from "#domain/schedule/wall-time.ts";
import * as v from "valibot";
import { id, isoMoment } from "../value.ts";

const whole = (least: number, most: number) =>
  v.pipe(
    v.number("must be a number"),
    v.integer("must be a whole number"),
    v.minValue(least, `must be at least ${least}`),
    v.maxValue(most, `must be at most ${most}`),
  );

const narrowedTo = v.optional(
  v.array(v.picklist(channels, "must be a channel"), "must be a list of channels"),
  [],
);

/** Of the report, or of what is told; left out: English. */
const language = v.optional(
  v.picklist(spokenLanguages, `must be one of ${spokenLanguages.join(", ")}`),
  "en",
);

export const subscriptionBody = v.strictObject({
  name: v.pipe(
    v.string("must be a text"),
    v.trim(),
    v.nonEmpty("must not be empty"),
    v.maxLength(80, "takes at most 80 characters"),
  ),
  /** The day before, the seven days before, or the month before. */
  every: v.picklist(subscriptionEverys, "must be day, week or month"),
  /** Of a week: 1 is Monday, 7 is Sunday. */
  weekday: v.optional(whole(1, 7), 1),
  hour: whole(0, 23),
  zone: v.pipe(v.string("must be a text"), v.check(isZone, "must be a time zone as Europe/London")),
  /** It tells of these alone; none: of all. */
  channels: narrowedTo,
  language,
});

export const subscriptionAnswer = v.object({
  id,
  ...subscriptionBody.entries,
  nextAt: isoMoment(),
});

export const alertBody = v.strictObject({
  /**
   * failed: of what was tried. skipped: of all recipients. opted_out, complained: of those it
   * reached.
   */
  measure: v.picklist(alertMeasures, "must be failed, skipped, opted_out or complained"),
  /** A share from 0 to 1: it is told once it is greater. */
  above: v.pipe(
    v.number("must be a number"),
    v.minValue(0, "must be at least 0"),
    v.maxValue(1, "must be at most 1"),
  ),
  /** With fewer messages than these nothing is said yet. */
  least: v.optional(whole(1, 1_000_000), 100),
  channels: narrowedTo,
  language,
});

export const alertAnswer = v.object({ id, ...alertBody.entries });

export const subscriptionList = v.object({ items: v.array(subscriptionAnswer) });
export const alertList = v.object({ items: v.array(alertAnswer) });
