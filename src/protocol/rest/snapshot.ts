/** The name of the digits of a report, as the API takes and tells it. */
import { isSnapshot } from "#domain/report/snapshot.ts";
import * as v from "valibot";

export const snapshot = v.pipe(v.string(), v.check(isSnapshot, "must be like 3f2a-90bc-17de-5501"));
