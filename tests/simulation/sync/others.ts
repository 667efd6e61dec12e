// Who changes things on the server without a device: the delivery engine and an administrator.
import type { Campaign } from "#domain/campaign/campaign.ts";
import { isRunning, next } from "#domain/campaign/lifecycle.ts";
import type { Id } from "#domain/core/id.ts";
import { noCounts, type StateCounts } from "#domain/message/state.ts";
import type { Rollup, SeriesPoint } from "#domain/report/rollup.ts";
import type { Write } from "#domain/sync/decision.ts";
import type { Documents } from "#domain/sync/document.ts";
import { anAccount } from "../../support/campaigns.ts";
import type { SimServer } from "./server.ts";

const recipients = 100;

/** Moves a campaign on, or counts; the last counts come with the end of a campaign (I13). */
export async function engineStep(server: SimServer): Promise<void> {
  const { random, clock } = server.options;
  const now = clock();
  const campaign = random.pickOr(server.campaigns().filter((each) => isAtWork(each, now)));
  if (campaign === null) return;
  const event = engineEvents[campaign.phase];
  const phase = event === undefined ? null : next(campaign, event, true);
  const moves = phase !== null && phase !== "gone" && random.chance(0.5);
  const doc = moves
    ? { ...campaign, rev: campaign.rev + 1, phase, launchedAt: campaign.launchedAt ?? now }
    : campaign;
  const writes: Write[] = moves ? [{ kind: "campaign", id: doc.id, doc }] : [];
  const rollup = counted(server, doc.id, doc.phase === "completed");
  await server.write([...writes, { kind: "rollup", id: doc.id, doc: rollup }]);
}

function isAtWork({ phase, schedule }: Campaign, now: number): boolean {
  if (phase === "scheduled") return (schedule?.at ?? 0) <= now;
  return isRunning(phase) && phase !== "paused";
}

/** An account or an audience changes at another screen, or an audience goes. */
export async function administer(server: SimServer): Promise<void> {
  const { workspace, random } = server.options;
  await server.stirNextDoor();
  const account = anAccount({ name: `Account ${random.below(1_000)}`, rev: 1 });
  const audiences = await server.store.sync.list({ workspace, kind: "audience" });
  const audience = random.pickOr(audiences);
  if (audience === null || random.chance(0.4)) {
    await server.write([{ kind: "account", id: account.id, doc: account }]);
    return;
  }
  const rev = audience.rev + 1;
  const doc: Documents["audience"] = { ...audience, rev, name: `N${random.below(99)}` };
  const goes = audiences.length > 1 && random.chance(0.3);
  await server.write([{ kind: "audience", id: audience.id, doc: goes ? null : doc }]);
}

/**
 * Somebody else was quicker: what a command is about moves on between its decision and its
 * commit.
 */
export async function stir(server: SimServer, writes: readonly Write[]): Promise<void> {
  const { workspace, random } = server.options;
  const keys = writes.map(({ kind, id }) => [kind, id] as const);
  const [found] = await server.store.sync.read({ workspace, keys });
  const name = `S${random.below(99)}`;
  if (found?.kind === "audience") {
    const { doc } = found;
    await server.write([{ ...found, doc: { ...doc, rev: doc.rev + 1, name } }]);
  } else if (found?.kind === "campaign" && found.doc.phase === "draft") {
    const { doc } = found;
    await server.write([{ ...found, doc: { ...doc, rev: doc.rev + 1, name } }]);
  } else {
    await engineStep(server);
  }
}

/** Whether every recipient of a report is counted once, and none is still on the way. */
export function isFinal({ total, states }: Rollup): boolean {
  return states.delivered + states.failed === total;
}

export function isWhole({ total, states }: Rollup): boolean {
  return Object.values(states).reduce((sum, n) => sum + n, 0) === total;
}

function counted(server: SimServer, id: Id, isOver: boolean): Rollup {
  const { random, clock } = server.options;
  const sent = isOver ? recipients : random.below(recipients);
  const failed = random.below(sent + 1);
  const states: StateCounts = {
    ...noCounts,
    queued: recipients - sent,
    failed,
    delivered: isOver ? sent - failed : 0,
    submitted: isOver ? 0 : sent - failed,
  };
  const series: SeriesPoint[] = [
    { at: 0, entered: { queued: recipients } },
    { at: 60_000, entered: { failed } },
    // Comes, changes and goes: what goes is told with the whole.
    ...(sent > recipients / 4 ? [{ at: 120_000, entered: { submitted: sent } }] : []),
  ];
  const rest = { segments: noCounts, reasons: [], spanMs: 60_000, series, rate: 0 };
  return { id, total: recipients, states, ...rest, at: clock() };
}

const engineEvents: Readonly<
  Partial<Record<Campaign["phase"], "due" | "prepared" | "submitted" | "settled">>
> = {
  scheduled: "due",
  preparing: "prepared",
  active: "submitted",
  settling: "settled",
};
