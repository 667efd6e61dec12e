// What the server makes of a command, looked at beside it: the rule is the same wherever and
// however often it is asked (I15), an older app's words mean what they meant (I16), and nobody
// does what they may not (S7).
import { may } from "#domain/access/permission.ts";
import type { Id } from "#domain/core/id.ts";
import { keysOf, permissionOf, type Act } from "#domain/sync/command.ts";
import { decide } from "#domain/sync/decide.ts";
import type { DecideContext, Decision, Write } from "#domain/sync/decision.ts";
import { parseAct, type Command } from "#protocol/command.ts";
import { upcast } from "#protocol/upcast.ts";
import { viewOf } from "#server/commands/view.ts";
import type { CommitCommand, SyncStore } from "#server/store/sync-store.ts";
import { Violation } from "./violation.ts";

/** A command that is about to be committed. */
export interface Deed {
  readonly command: Command;
  readonly args: CommitCommand;
  /** Who says it, with what they may do now. */
  readonly context: Omit<DecideContext, "authority">;
}

/** What must hold once the deed is done; asked before, as its rows are others afterwards. */
export async function foresee(
  sync: Pick<SyncStore, "read">,
  { command, args, context }: Deed,
  meant: ReadonlyMap<Id, Act>,
): Promise<() => void> {
  const { outcome } = args.verdict;
  const act = actOf(command);
  const wanted = meant.get(command.uid);
  if (wanted !== undefined && (act === null || !isSame(act, wanted))) {
    throw new Violation("I16", `${command.name} v${command.v} was understood otherwise`);
  }
  if (act === null || outcome === "rejected") return () => undefined;
  if (!may(context.role, permissionOf[act.name], context.access)) {
    throw new Violation("S7", `${context.user} may not ${act.name}, and did`);
  }
  const found = await sync.read({ workspace: args.workspace, keys: keysOf(act) });
  const view = viewOf(frozen(found));
  const ask = (authority: boolean): Decision => decide(view, act, { ...context, authority });
  const [first, second, own] = [ask(true), ask(true), ask(false)];
  return () => {
    if (!isSame(first, second)) throw new Violation("I15", `${act.name} is decided by chance`);
    checkSame(`the server's ${act.name}`, writesOf(first), args.writes);
    // What a device may only note as wanted is done by the server alone.
    if (!noteWaiting(own)) checkSame(`a device's ${act.name}`, writesOf(own), args.writes);
  };
}

function actOf({ name, v, args }: Command): Act | null {
  const raised = upcast(name, v, args);
  if (!raised.ok) return null;
  const parsed = parseAct(name, raised.value);
  return parsed.ok ? parsed.act : null;
}

function writesOf(decision: Decision): readonly Write[] {
  return decision.outcome === "rejected" ? [] : decision.writes;
}

function noteWaiting(decision: Decision): boolean {
  return writesOf(decision).some(
    ({ kind, doc }) => kind === "campaign" && doc !== null && doc.waiting !== null,
  );
}

function checkSame(what: string, right: readonly Write[], done: readonly Write[]): void {
  if (isSame(right, done)) return;
  const [is, was] = [JSON.stringify(done), JSON.stringify(right)];
  throw new Violation("I15", `${what} wrote ${is} where the rule says ${was}`);
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** A rule that changes what it looks at fails here. */
function frozen<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  for (const each of Object.values(value)) frozen(each);
  return Object.freeze(value);
}
