/** People, their sessions, the workspace and API keys over REST. */
import { leaseDaysRange } from "#domain/access/device.ts";
import { roles } from "#domain/access/role.ts";
import { isDailySpan } from "#domain/schedule/quiet-hours.ts";
import { isZone } from "#domain/schedule/wall-time.ts";
import * as v from "valibot";
import { id, plain } from "../value.ts";
import { nextPage } from "./page.ts";

const time = v.pipe(v.string(), v.isoTimestamp());
const role = v.picklist(roles, `must be one of ${roles.join(", ")}`);
const name = v.pipe(
  v.string(),
  v.trim(),
  v.nonEmpty("must not be empty"),
  v.maxLength(200, "takes at most 200 characters"),
  plain,
);
const email = v.pipe(
  v.string(),
  v.trim(),
  v.toLowerCase(),
  v.email("is not an e-mail address"),
  v.maxLength(254, "takes at most 254 characters"),
);
/** Its length is judged by domain/access/password.ts, with words; this only bounds the work. */
const password = v.pipe(v.string(), v.maxLength(1_000, "takes at most 128 characters"));
const timeOfDay = v.pipe(
  v.string(),
  v.regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, "must be a time of day such as 21:00"),
);
const spanEntries = { from: timeOfDay, to: timeOfDay };
const notEmpty = "must end at another time than it begins";
const dailySpan = v.pipe(v.strictObject(spanEntries), v.check(isDailySpan, notEmpty));
const quietHours = v.pipe(
  v.strictObject({
    ...spanEntries,
    countries: v.record(
      v.pipe(v.string(), v.regex(/^[A-Z]{2}$/, "must be a country, as DE")),
      dailySpan,
    ),
    zone: v.pipe(v.string(), v.maxLength(64), v.check(isZone, "is no time zone")),
  }),
  v.check((span) => isDailySpan(span), notEmpty),
);
const access = v.strictObject({
  fieldMaySend: v.boolean(),
  /** Left out: as they were. */
  sending: v.exactOptional(
    v.strictObject({
      quietHours: v.nullable(quietHours),
      delayMinutes: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(60)),
      /** Another person has to approve each campaign before it goes out. */
      approval: v.exactOptional(v.boolean()),
    }),
  ),
  /** Days that a device may keep its data without a contact with the server. */
  leaseDays: v.exactOptional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(leaseDaysRange.least),
      v.maxValue(leaseDaysRange.most),
    ),
  ),
});

export const sessionUser = v.object({ id, name: v.string(), email: v.string() });

export const sessionWorkspace = v.object({ id, name: v.string(), access, createdAt: time });

/** Before set-up all but `setUp` are null; afterwards nobody signed in is a 401. */
export const sessionAnswer = v.object({
  setUp: v.boolean(),
  user: v.nullable(sessionUser),
  workspace: v.nullable(sessionWorkspace),
  role: v.nullable(role),
  access: v.nullable(access),
});

export type SessionAnswer = v.InferOutput<typeof sessionAnswer>;

export const setUpRequest = v.strictObject({
  workspace: name,
  name,
  email,
  password,
  /** Fills the workspace with made-up contacts and campaigns. */
  demo: v.optional(v.boolean(), false),
});

export type SetUpRequest = v.InferOutput<typeof setUpRequest>;

export const signInRequest = v.strictObject({ email, password });

/** With the password, so that a device left open cannot be used for it. */
export const leaveRequest = v.strictObject({ password });

export const passwordChange = v.strictObject({ was: password, set: password });

export const workspacePatch = v.strictObject({
  name: v.optional(name),
  access: v.optional(access),
});

export const memberCreate = v.strictObject({ name, email, role, password });

export const memberPatch = v.strictObject({ role });

export const memberAnswer = v.object({ id, name: v.string(), email: v.string(), role });

export type MemberAnswer = v.InferOutput<typeof memberAnswer>;

export const memberPage = v.object({ items: v.array(memberAnswer), next: nextPage });

export const keyCreate = v.strictObject({ name, role });

export const keyAnswer = v.object({
  id,
  name: v.string(),
  role,
  createdAt: time,
  lastUsedAt: v.nullable(time),
  revokedAt: v.nullable(time),
});

/** The only answer that holds the key itself. */
export const keyCreated = v.object({ ...keyAnswer.entries, key: v.string() });

export const keyPage = v.object({ items: v.array(keyAnswer), next: nextPage });
