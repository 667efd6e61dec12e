/** How people are told outside of the app, over REST. */
import { finishedChoices } from "#domain/campaign/notice-topic.ts";
import * as v from "valibot";
import { id, isoMoment } from "../value.ts";

const truth = v.boolean("must be true or false");
const some = (most: number) =>
  v.pipe(
    v.string("must be a text"),
    v.trim(),
    v.nonEmpty("must not be empty"),
    v.maxLength(most, `takes at most ${most} characters`),
  );

/** An uncompressed point of P-256 and a secret of 16 bytes, as browsers write them (RFC 8291). */
const point = v.pipe(
  v.string("must be a text"),
  v.regex(/^B[\w-]{86}={0,1}$/, "must be the p256dh key of a push subscription"),
);
const secret = v.pipe(
  v.string("must be a text"),
  v.regex(/^[\w-]{22}={0,2}$/, "must be the auth secret of a push subscription"),
);

export const noticeDevice = v.object({
  id: v.string(),
  name: v.string(),
  /** Since when it is told. */
  at: isoMoment(),
});

/** What concerns the caller, and the account that writes for the workspace. */
export const noticeSettings = v.object({
  /** The account that writes notices; null: nobody is told by e-mail. */
  accountId: v.nullable(id),
  email: v.boolean(),
  push: v.boolean(),
  /** Of whose campaigns the caller hears that all is sent. */
  finished: v.picklist(finishedChoices),
  /** Whether the caller hears of launches that they may approve. */
  approval: v.boolean(),
  devices: v.array(noticeDevice),
  /** What a browser subscribes with (`applicationServerKey`). */
  pushKey: v.string(),
});

/** What is left out stays. */
export const noticeChoicePatch = v.strictObject({
  email: v.optional(truth),
  push: v.optional(truth),
  finished: v.optional(v.picklist(finishedChoices, "must be own, all or none")),
  approval: v.optional(truth),
});

export const noticeAccountPatch = v.strictObject({
  /** An e-mail account of the workspace that is no sandbox; null: none. */
  accountId: v.nullable(id),
});

/** What a browser's push subscription says of itself, with a name that its person knows it by. */
export const noticeDeviceCreate = v.strictObject({
  name: some(80),
  endpoint: v.pipe(some(2_000), v.url("must be a URL")),
  keys: v.strictObject({ p256dh: point, auth: secret }),
});

export const noticeDeviceId = v.strictObject({
  id: v.pipe(v.string(), v.regex(/^[\w-]{1,100}$/)),
});
