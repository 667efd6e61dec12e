/** The small schemas that the others are made of. */
import { isId } from "#domain/core/id.ts";
import * as v from "valibot";

export const id = v.pipe(v.string(), v.check(isId, "must be a UUID in lower case"));
export const instant = v.pipe(v.number(), v.integer(), v.minValue(0));
export const count = v.pipe(v.number(), v.integer(), v.minValue(0));
export const name = v.pipe(v.string(), v.maxLength(200));
export const shortText = v.pipe(v.string(), v.maxLength(1_000));
export const longText = v.pipe(v.string(), v.maxLength(200_000));
