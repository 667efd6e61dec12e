/** The providers of a server, as they describe themselves: what a form for an account needs. */
import { channels } from "#domain/campaign/channel.ts";
import { providerNamePattern } from "#domain/campaign/provider.ts";
import * as v from "valibot";
import { count } from "../value.ts";

/** Which there are is the server's to say. */
export const providerName = v.pipe(
  v.string(),
  v.regex(providerNamePattern, "must be the name of a provider, as smtp"),
);

const value = v.union([v.string(), v.number(), v.boolean()]);

const field = v.object({
  name: v.string(),
  label: v.string(),
  kind: v.picklist(["text", "number", "secret", "choice", "switch"]),
  default: value,
  optional: v.exactOptional(v.literal(true)),
  hint: v.exactOptional(v.string()),
  choices: v.exactOptional(v.array(v.object({ value: v.string(), label: v.string() }))),
  shownIf: v.exactOptional(v.record(v.string(), v.array(value))),
  group: v.exactOptional(v.literal("advanced")),
});

export const providerList = v.object({
  items: v.array(
    v.object({
      name: v.string(),
      title: v.string(),
      hint: v.string(),
      channels: v.array(v.picklist(channels)),
      fields: v.array(field),
      line: v.string(),
      keys: v.picklist(["kept", "forgotten", "ignored"]),
      resolveWindowMs: count,
    }),
  ),
});
