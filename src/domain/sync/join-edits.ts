/** Two edits of one thing, made one after the other by one person, as one edit. */
import type { Act, Change } from "./command.ts";

/**
 * What both changed together: a field of both was what the earlier one found and shall be what the
 * later one set. Null where they are not two edits of one thing whose texts lie open.
 */
export function joinEdits(earlier: Act, later: Act): Act | null {
  if (earlier.args.id !== later.args.id) return null;
  if (earlier.name === "campaign.edit" && later.name === "campaign.edit") {
    return { name: "campaign.edit", args: joined(earlier.args, later.args) };
  }
  if (earlier.name === "audience.edit" && later.name === "audience.edit") {
    return { name: "audience.edit", args: joined(earlier.args, later.args) };
  }
  return null;
}

/** Field by field; a field of fields (a campaign's content) too. */
function joined<T extends object>(earlier: T, later: T): T {
  const before = new Map<string, unknown>(Object.entries(earlier));
  const both = { ...earlier, ...later };
  for (const [key, after] of Object.entries(later)) {
    const first = before.get(key);
    if (isChange(first) && isChange(after)) {
      Object.assign(both, { [key]: { was: first.was, set: after.set } });
    } else if (isFields(first) && isFields(after)) {
      Object.assign(both, { [key]: joined(first, after) });
    }
  }
  return both;
}

function isChange(value: unknown): value is Change<unknown> {
  return isFields(value) && "was" in value && "set" in value;
}

function isFields(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
