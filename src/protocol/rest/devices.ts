/** Devices over REST: which browsers hold the workspace's data. */
import * as v from "valibot";
import { id, plain } from "../value.ts";
import { nextPage } from "./page.ts";

const time = v.pipe(v.string(), v.isoTimestamp());

export const deviceAnswer = v.object({
  id,
  name: v.string(),
  /** The person who is signed in on it. */
  user: id,
  state: v.picklist(["active", "revoked"]),
  app: v.string(),
  firstAt: time,
  seenAt: time,
  /** Until when it may keep its data without another contact. */
  leaseUntil: time,
  /** Changes that had not left it when it last said so; of a revoked device, those that are lost. */
  unsent: v.number(),
  revokedAt: v.nullable(time),
  revokedBy: v.nullable(id),
  /** When it heard that it was revoked and removed its data; null: it has not yet. */
  wipedAt: v.nullable(time),
});

export type DeviceAnswer = v.InferOutput<typeof deviceAnswer>;

export const devicePage = v.object({ items: v.array(deviceAnswer), next: nextPage });

export const devicePatch = v.strictObject({
  name: v.pipe(
    v.string(),
    v.trim(),
    v.nonEmpty("must not be empty"),
    v.maxLength(100, "takes at most 100 characters"),
    plain,
  ),
});
