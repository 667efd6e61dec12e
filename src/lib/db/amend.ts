/** Two edits of one campaign, one after the other, as a single one: while nobody has seen the first. */
import type { Content } from "#domain/campaign/campaign.ts";
import type { Act, Change, CommandArgs } from "#domain/sync/command.ts";

type Edit = CommandArgs["campaign.edit"];

/** Null: they are not two edits of one campaign. */
export function amended(first: Act, then: Act): Act | null {
  if (first.name !== "campaign.edit" || then.name !== "campaign.edit") return null;
  if (first.args.id !== then.args.id) return null;
  const [a, b] = [first.args, then.args];
  const args: Edit = {
    id: a.id,
    ...part("name", joined(a.name, b.name)),
    ...part("content", joinedContent(a.content ?? {}, b.content ?? {})),
    ...part("audienceId", joined(a.audienceId, b.audienceId)),
    ...part("accountId", joined(a.accountId, b.accountId)),
    ...part("codePoolId", joined(a.codePoolId, b.codePoolId)),
    ...part("codePolicy", joined(a.codePolicy, b.codePolicy)),
    ...part("trackLinks", joined(a.trackLinks, b.trackLinks)),
    ...part("fallback", joinedFallback(a.fallback ?? {}, b.fallback ?? {})),
    ...part("validUntil", joined(a.validUntil, b.validUntil)),
    ...part("budget", joined(a.budget, b.budget)),
  };
  return { name: "campaign.edit", args };
}

type ContentEdit = NonNullable<Edit["content"]>;

function joinedContent(a: ContentEdit, b: ContentEdit): ContentEdit | undefined {
  const names = ["subject", "text", "html"] as const satisfies readonly (keyof Content)[];
  const found = names.flatMap((name) => {
    const change = joined(a[name], b[name]);
    return change === undefined ? [] : [[name, change] as const];
  });
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

type FallbackEdit = NonNullable<Edit["fallback"]>;

function joinedFallback(a: FallbackEdit, b: FallbackEdit): FallbackEdit | undefined {
  const both = {
    ...part("accountId", joined(a.accountId, b.accountId)),
    ...part("text", joined(a.text, b.text)),
  };
  return Object.keys(both).length === 0 ? undefined : both;
}

/** What came back to where it began is no change. */
function joined<T>(a: Change<T> | undefined, b: Change<T> | undefined): Change<T> | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a.was === b.set ? undefined : { was: a.was, set: b.set };
}

function part<K extends string, T>(key: K, value: T | undefined): { [P in K]?: T } {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a computed key widens to string; it is K
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: T });
}
