/**
 * The one door through which people change things: read what the act is about, decide with
 * authority, commit effect and verdict together; when a document moved on meanwhile, again.
 *
 * `apply` takes a command from a device's outbox: its verdict is stored in the transaction of
 * its effect, so that asking again, however often, gives the same answer and no second effect.
 * `act` takes the same act from a script (REST, command line), which has no outbox.
 */
import type { AccessSettings } from "#domain/access/permission.ts";
import type { Role } from "#domain/access/role.ts";
import { withProposed } from "#domain/campaign/proposed.ts";
import type { Campaign } from "#domain/campaign/campaign.ts";
import { isLive } from "#domain/campaign/live.ts";
import { wrongFallback, wrongText } from "#domain/campaign/launch-check.ts";
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import { keysBeside, keysOf, type Act } from "#domain/sync/command.ts";
import type { CheckContent, ContentCheck } from "#domain/message/merge-fields.ts";
import { decide } from "#domain/sync/decide.ts";
import { rejected, type Decision, type Lost } from "#domain/sync/decision.ts";
import { guard } from "#domain/sync/guard.ts";
import type { Refusal } from "#domain/sync/refusal.ts";
import { parseAct, type Command } from "#protocol/command.ts";
import type { Verdict } from "#protocol/down.ts";
import { upcast } from "#protocol/upcast.ts";
import { StoreError, type Store } from "../store/store.ts";
import type { StandEffect } from "../store/sign-up-store.ts";
import type { ActivityEntry, CommitOutcome, Expectation, Late } from "../store/sync-store.ts";
import { codesShort } from "./code-checks.ts";
import { activityOf, claimed } from "./activity.ts";
import { withAskedAnew } from "./ask-anew.ts";
import { effectAtStand } from "./at-stand.ts";
import { lateOf } from "./late.ts";
import { refusedSinceRestore } from "./since-restore.ts";
import { createdKey } from "./subject.ts";
import { expectationsOf, viewOf } from "./view.ts";

/** Who acts, and what the workspace allows. */
export interface Actor {
  readonly workspace: Id;
  readonly user: Id;
  readonly role: Role;
  readonly access: AccessSettings;
}

export interface ApplyInput extends Actor {
  readonly client: Id;
  readonly instance: Id;
  readonly schema: number;
  readonly command: Command;
}

export type ApplyOutcome =
  | { readonly outcome: "verdict"; readonly verdict: Verdict }
  /** The command is not the client's next one. */
  | { readonly outcome: "gap"; readonly expected: number };

export interface ActInput extends Actor {
  readonly act: Act;
}

export type ActOutcome =
  | { readonly outcome: "ok" }
  | { readonly outcome: "merged"; readonly lost: readonly Lost[] }
  | { readonly outcome: "rejected"; readonly refusal: Refusal };

export interface Commands {
  /** Rejects only when storage fails: nothing was recorded, and the device asks again. */
  apply(input: ApplyInput): Promise<ApplyOutcome>;
  act(input: ActInput): Promise<ActOutcome>;
}

export interface CommandDeps {
  readonly store: Pick<Store, "sync" | "signUps" | "codes" | "preflight">;
  readonly clock: () => Instant;
  /** Looks into what shall go out: the machine for it is too big for the shared rules. */
  readonly checkContent: CheckContent;
  /** Hears of contacts that were added or changed, or said what they allow. */
  readonly contactsChanged?: (workspace: Id) => void;
}

/** How often a command is decided again because what it read moved on. */
const maxTries = 8;

export function createCommands(deps: CommandDeps): Commands {
  return {
    apply: (input) => apply(deps, input),
    act: (input) => act(deps, input),
  };
}

async function apply(deps: CommandDeps, input: ApplyInput): Promise<ApplyOutcome> {
  const { command } = input;
  const raised = upcast(command.name, command.v, command.args);
  const parsed = raised.ok ? parseAct(command.name, raised.value) : raised.error;
  if (!parsed.ok) {
    const refused = rejected("invalid", parsed.field, { message: parsed.message });
    const outcome = await commit(deps, input, {
      decision: refused,
      expect: [],
      activity: null,
      atStand: null,
      late: null,
    });
    if (outcome.outcome === "conflict") throw unsettled(command.name);
    return answer(outcome);
  }
  return untilSettled(command.name, async () => {
    const decided = await decideNow(deps, input, parsed.act);
    const restoredAt = await deps.store.sync.restoredAt({});
    const decision =
      refusedSinceRestore(parsed.act, command.at, restoredAt) ??
      (await blameParent(deps, input, parsed.act, decided.decision));
    const atStand = effectAtStand(parsed.act, decision, input, deps.clock());
    const outcome = await commit(deps, input, {
      ...decided,
      decision,
      atStand,
      late: lateOf(parsed.act, decision, command.at, deps.clock()),
      activity: withClaim(decided.activity, command, deps.clock()),
    });
    if (atStand !== null && outcome.outcome === "committed")
      deps.contactsChanged?.(input.workspace);
    return outcome.outcome === "conflict" ? "conflict" : answer(outcome);
  });
}

async function act(deps: CommandDeps, input: ActInput): Promise<ActOutcome> {
  return untilSettled(input.act.name, async () => {
    const { decision, expect, activity } = await decideNow(deps, input, input.act);
    if (decision.outcome === "rejected") return decision;
    const done = await deps.store.sync.commitWrites({
      workspace: input.workspace,
      expect,
      writes: decision.writes,
      activity,
      now: deps.clock(),
    });
    if (done === "conflict") return "conflict";
    return decision.outcome === "ok" ? { outcome: "ok" } : decision;
  });
}

/** Again while what was read had moved on by the time of the commit; bounded, as a device will ask again anyway. */
async function untilSettled<T>(
  name: string,
  attempt: () => Promise<T | "conflict">,
  triesLeft = maxTries,
): Promise<T> {
  if (triesLeft === 0) throw unsettled(name);
  const done = await attempt();
  return done === "conflict" ? untilSettled(name, attempt, triesLeft - 1) : done;
}

interface Decided {
  readonly decision: Decision;
  readonly expect: readonly Expectation[];
  readonly activity: ActivityEntry | null;
}

async function decideNow(deps: CommandDeps, actor: Actor, wanted: Act): Promise<Decided> {
  const { workspace, user, role, access } = actor;
  const { keys, found } = await readFor(deps, workspace, wanted);
  const now = deps.clock();
  const context = { now, user, role, access, authority: true };
  const decision = decide(viewOf(found), wanted, context);
  const judged = await guardNow(deps, workspace, wanted, decision);
  const guarded = await withLauncher(deps, workspace, wanted, judged);
  const activity = activityOf(wanted, guarded, { user, now, before: found });
  const campaigns = () => deps.store.sync.list({ workspace, kind: "campaign" });
  const more = await withAskedAnew({ act: wanted, decision: guarded, found }, context, campaigns);
  const expect = [...expectationsOf(keys, found), ...more.expect];
  return { decision: more.decision, expect, activity };
}

/** Whoever comes too late is told by whom it went out. */
async function withLauncher(
  { store }: CommandDeps,
  workspace: Id,
  { args }: Act,
  decision: Decision,
): Promise<Decision> {
  if (decision.outcome !== "rejected" || decision.refusal.type !== "already_sent") return decision;
  const by = await store.sync.launchedBy({ workspace, campaign: args.id });
  if (by === null) return decision;
  const { refusal } = decision;
  return { ...decision, refusal: { ...refusal, detail: { ...refusal.detail, by } } };
}

/** What it is judged by, all of it from one moment. */
async function readFor({ store }: CommandDeps, workspace: Id, wanted: Act) {
  const named = keysOf(wanted);
  const found = await store.sync.read({ workspace, keys: named });
  const campaign = found.find((each) => each.kind === "campaign");
  const beside = campaign?.kind === "campaign" ? keysBeside(wanted, campaign.doc) : [];
  if (beside.length === 0) return { keys: named, found };
  const keys = [...named, ...beside];
  return { keys, found: await store.sync.read({ workspace, keys }) };
}

/** What only the server can look up: whether it can be written, and who still needs what shall go. */
async function guardNow(
  deps: CommandDeps,
  workspace: Id,
  wanted: Act,
  decision: Decision,
): Promise<Decision> {
  if (decision.outcome === "rejected") return decision;
  const broken = brokenContent(deps, wanted, decision);
  if (broken !== null) return broken;
  const short = launches.has(wanted.name)
    ? await codesShort(deps, workspace, decision.writes)
    : null;
  if (short !== null) return short;
  if (wanted.name === "contact.edit")
    return (await takenEmail(deps, workspace, wanted)) ?? decision;
  if (wanted.name !== "audience.delete") return decision;
  const campaigns = await deps.store.sync.list({ workspace, kind: "campaign" });
  return guard(wanted, campaigns) ?? decision;
}

/** The refusal to give a contact the e-mail address of another one; null when nobody has it. */
async function takenEmail(
  { store }: CommandDeps,
  workspace: Id,
  { args }: Extract<Act, { readonly name: "contact.edit" }>,
): Promise<Decision | null> {
  const email = args.email?.set ?? null;
  if (email === null) return null;
  const isTaken = await store.signUps.isEmailTaken({ workspace, id: args.id, email });
  return isTaken ? rejected("exists", "email") : null;
}

const launches: ReadonlySet<Act["name"]> = new Set<Act["name"]>([
  "campaign.send",
  "campaign.schedule",
  "campaign.setLive",
  "campaign.approve",
]);

/** The refusal to launch what cannot be written for anybody; null when it can. */
function brokenContent(
  { checkContent }: CommandDeps,
  wanted: Act,
  decision: Exclude<Decision, { readonly outcome: "rejected" }>,
): Decision | null {
  const isLaunch = launches.has(wanted.name);
  if (!isLaunch && wanted.name !== "campaign.edit") return null;
  for (const write of decision.writes) {
    if (write.kind !== "campaign" || write.doc === null) continue;
    // The next run of what is live goes out without anybody looking at it again, and so does
    // what is left of a campaign that is resumed.
    if (!isLaunch && !isLive(write.doc) && write.doc.phase !== "paused") continue;
    const { content } = withProposed(write.doc);
    const broken = brokenTexts(checkContent(content), withProposed(write.doc));
    if (broken !== null) return broken;
    const wrong = wrongFallback(checkContent, write.doc);
    if (wrong !== null) return rejected("invalid", "fallback.text", { message: wrong.message });
  }
  return null;
}

function brokenTexts(check: ContentCheck, campaign: Campaign): Decision | null {
  const wrong = wrongText(check, campaign);
  if (wrong === null) return null;
  return rejected("invalid", `content.${wrong.part}`, { message: wrong.message });
}

/** What is gone because its own creation was refused is refused as a part of that. */
async function blameParent(
  deps: CommandDeps,
  { workspace, user }: ApplyInput,
  wanted: Act,
  decision: Decision,
): Promise<Decision> {
  if (decision.outcome !== "rejected" || decision.refusal.type !== "gone") return decision;
  const refused = await Promise.all(
    keysOf(wanted).map((subject) => deps.store.sync.wasRefused({ workspace, user, subject })),
  );
  return refused.includes(true) ? rejected("parent", null, { id: wanted.args.id }) : decision;
}

interface Beside {
  readonly atStand: StandEffect | null;
  readonly late: Late | null;
}

function commit(
  deps: CommandDeps,
  input: ApplyInput,
  { decision, expect, activity, atStand, late }: Decided & Beside,
): Promise<CommitOutcome> {
  const { command, workspace, client, user, instance, schema } = input;
  const { mid, uid } = command;
  const subject = createdKey(command.name, command.args);
  return deps.store.sync.commitCommand({
    workspace,
    origin: { client, mid, uid, user, instance, schema, subject },
    expect,
    writes: decision.outcome === "rejected" ? [] : decision.writes,
    verdict: {
      mid,
      outcome: decision.outcome,
      refusal: decision.outcome === "rejected" ? toPlain(decision.refusal) : null,
      lost: decision.outcome === "merged" ? decision.lost.map((each) => ({ ...each })) : [],
    },
    atStand,
    late,
    activity: decision.outcome === "rejected" ? null : activity,
    now: deps.clock(),
  });
}

function toPlain({ type, field, detail }: Refusal): NonNullable<Verdict["refusal"]> {
  return { type, field, detail: { ...detail } };
}

function answer(outcome: Exclude<CommitOutcome, { readonly outcome: "conflict" }>): ApplyOutcome {
  return outcome.outcome === "gap" ? outcome : { outcome: "verdict", verdict: outcome.verdict };
}

function withClaim(
  activity: ActivityEntry | null,
  command: Command,
  now: Instant,
): ActivityEntry | null {
  if (activity === null) return null;
  return { ...activity, detail: { ...activity.detail, ...claimed(command.at, now) } };
}

function unsettled(name: string): StoreError {
  return new StoreError("busy", `${name}: what it is about kept changing, ${maxTries} times over`);
}
