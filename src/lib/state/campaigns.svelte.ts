/** Campaigns with their live counters, and everything a person may do with them. */
import type { Counted, CountedCampaign } from "#domain/analytics/counted.ts";
import type { Channel } from "#domain/campaign/channel.ts";
import { emptyContent } from "#domain/campaign/campaign.ts";
import type { Campaign, CampaignFields, Schedule, WaitingAct } from "#domain/campaign/campaign.ts";
import { isRecurring } from "#domain/campaign/live.ts";
import type { Trigger } from "#domain/campaign/trigger.ts";
import type { Id } from "#domain/core/id.ts";
import type { CampaignBudget } from "#domain/limits/budget.ts";
import type { Instant } from "#domain/core/time.ts";
import type { Result } from "#domain/core/result.ts";
import type { Picked } from "#domain/message/again.ts";
import type { Rollup } from "#domain/report/rollup.ts";
import { sumRollups } from "#domain/report/sum.ts";
import type { Review } from "#domain/sync/command.ts";
import type { Documents, Kind } from "#domain/sync/document.ts";
import type { Refusal } from "#domain/sync/refusal.ts";
import type { Device } from "./device.svelte.ts";
import type { Live } from "./live.svelte.ts";
import { Rollups } from "./rollups.svelte.ts";
import type { Writer } from "./writer.svelte.ts";
import { changesBetween } from "./changes.ts";

export interface CampaignRow {
  readonly campaign: Campaign;
  /** Live counters; null before the first message row exists. Of what repeats: those of all its runs. */
  readonly rollup: Rollup | null;
  /** Of what repeats: each time that it went out, newest first. */
  readonly runs: readonly CampaignRow[];
  /** Commands about it that the server has not answered yet. */
  readonly pending: number;
  /** An act that will happen when online; null when none waits. */
  readonly waiting: WaitingAct | null;
}

export type NewCampaign = {
  readonly type: Channel;
  readonly name: string;
} & Partial<CampaignFields>;

export class CampaignsState {
  readonly #campaigns: Live<readonly Campaign[]>;
  readonly #rollups: Rollups;
  /** Of what is deleted here and not yet there: as it was. */
  readonly #deleted: Live<readonly CountedCampaign[]>;
  readonly #pending: Live<ReadonlyMap<Id, number>>;
  readonly #writer: Writer;
  readonly #newId: () => Id;

  /** Newest first. */
  readonly all: readonly CampaignRow[] = $derived.by(() => this.#rows());
  /** What people plan: without the runs, which stand under the campaign that makes them. */
  readonly planned: readonly CampaignRow[] = $derived(
    this.all.filter(({ campaign }) => campaign.firing === undefined),
  );
  /**
   * What totals are made of: every campaign with its own counters, those that were deleted too, on
   * the server or, until it hears of it, here (AMB-22). What repeats is counted by its runs.
   */
  readonly counted: readonly Counted[] = $derived.by(() => this.#counted());
  readonly #rowsById: ReadonlyMap<Id, CampaignRow> = $derived(
    new Map(this.all.map((row) => [row.campaign.id, row])),
  );

  constructor(device: Device, writer: Writer, newId: () => Id) {
    this.#writer = writer;
    this.#newId = newId;
    this.#campaigns = device.live<readonly Campaign[]>([], async (db) =>
      (await db.campaign.toArray()).map(({ doc }) => doc),
    );
    this.#deleted = device.live<readonly CountedCampaign[]>([], async (db) => [
      ...(await db.deletedCampaign.toArray()).map(({ doc }) => doc),
      ...(await db.shadow.toArray()).flatMap(({ doc }) => (isCampaign(doc) ? [doc] : [])),
    ]);
    this.#rollups = device.attach(new Rollups());
    this.#pending = device.live<ReadonlyMap<Id, number>>(new Map(), async (db) => {
      const counts = new Map<Id, number>();
      for (const { act, state } of await db.outbox.toArray()) {
        if (state !== "accepted") counts.set(act.args.id, (counts.get(act.args.id) ?? 0) + 1);
      }
      return counts;
    });
  }

  /** False until the device's storage answered: an empty list before that means nothing. */
  get isLoaded(): boolean {
    return this.#campaigns.isLoaded && this.#rollups.isLoaded;
  }

  byId(id: Id): CampaignRow | undefined {
    return this.#rowsById.get(id);
  }

  async create(fields: NewCampaign): Promise<Result<Id, Refusal>> {
    const id = this.#newId();
    const { type, name, content = emptyContent, audienceId = null, accountId = null } = fields;
    const args = { id, type, name, content, audienceId, accountId, trackLinks: true };
    return this.#writer.write({ name: "campaign.create", args }, id);
  }

  /**
   * `was`: the fields as they were when editing began; only what differs is sent. `amends`: the
   * same sitting goes on, so an edit of it that has not left yet becomes one with this.
   */
  async edit(
    id: Id,
    { was, amends = false }: { readonly was: CampaignFields; readonly amends?: boolean },
    set: Partial<CampaignFields>,
  ): Promise<Result<Id, Refusal>> {
    const args = { id, ...changesBetween(was, set) };
    if (Object.keys(args).length === 1) return { ok: true, value: id };
    return this.#writer.write({ name: "campaign.edit", args }, id, { amends });
  }

  /** When it ends: what has not gone out by then is skipped. null: never. */
  setEnd(campaign: Campaign, set: Instant | null): Promise<Result<Id, Refusal>> {
    const { id, validUntil = null } = campaign;
    const args = { id, validUntil: { was: validUntil, set } };
    return this.#writer.write({ name: "campaign.edit", args }, id);
  }

  /** What it may spend; null: nothing limits it. */
  setBudget(campaign: Campaign, set: CampaignBudget | null): Promise<Result<Id, Refusal>> {
    const { id, budget = null } = campaign;
    const args = { id, budget: { was: budget, set } };
    return this.#writer.write({ name: "campaign.edit", args }, id);
  }

  /** What the person is looking at before sending; null while audience or account is not chosen. */
  reviewOf(id: Id): Promise<Review | null> {
    return this.#writer.reviewOf(id);
  }

  /** `review`: what was on the screen; left out, what this device holds now. */
  async send(id: Id, review?: Review | null): Promise<Result<Id, Refusal>> {
    const seen = review ?? (await this.reviewOf(id));
    if (seen === null) return this.#writer.incomplete(id);
    return this.#writer.write({ name: "campaign.send", args: { id, review: seen } }, id);
  }

  /** Now, without the time in which it could be taken back. */
  async sendAtOnce(id: Id): Promise<Result<Id, Refusal>> {
    const review = await this.reviewOf(id);
    if (review === null) return this.#writer.incomplete(id);
    return this.#writer.write({ name: "campaign.send", args: { id, review, atOnce: true } }, id);
  }

  async schedule(id: Id, schedule: Schedule, review?: Review | null): Promise<Result<Id, Refusal>> {
    const seen = review ?? (await this.reviewOf(id));
    if (seen === null) return this.#writer.incomplete(id);
    return this.#writer.write(
      { name: "campaign.schedule", args: { id, schedule, review: seen } },
      id,
    );
  }

  /** It goes to each person for whom this happens from now on. */
  async setLive(id: Id, trigger: Trigger): Promise<Result<Id, Refusal>> {
    const review = await this.reviewOf(id);
    if (review === null) return this.#writer.incomplete(id);
    return this.#writer.write({ name: "campaign.setLive", args: { id, trigger, review } }, id);
  }

  unschedule(id: Id): Promise<Result<Id, Refusal>> {
    return this.#writer.write({ name: "campaign.unschedule", args: { id } }, id);
  }

  /** What was asked for goes out; `seen`: what was on the screen. */
  async approve(id: Id, seen: Review | null): Promise<Result<Id, Refusal>> {
    if (seen === null) return this.#writer.incomplete(id);
    return this.#writer.write({ name: "campaign.approve", args: { id, review: seen } }, id);
  }

  reject(id: Id, reason: string): Promise<Result<Id, Refusal>> {
    return this.#writer.write({ name: "campaign.reject", args: { id, reason } }, id);
  }

  pause(id: Id): Promise<Result<Id, Refusal>> {
    return this.#writer.write({ name: "campaign.pause", args: { id } }, id);
  }

  resume(id: Id): Promise<Result<Id, Refusal>> {
    return this.#writer.write({ name: "campaign.resume", args: { id } }, id);
  }

  /** What is live begins nothing new. */
  end(id: Id): Promise<Result<Id, Refusal>> {
    return this.#writer.write({ name: "campaign.end", args: { id } }, id);
  }

  cancel(id: Id): Promise<Result<Id, Refusal>> {
    return this.#writer.write({ name: "campaign.cancel", args: { id } }, id);
  }

  /** Sends again to those whose messages ended so. */
  retry(id: Id, picks: readonly Picked[]): Promise<Result<Id, Refusal>> {
    return this.#writer.write({ name: "campaign.retry", args: { id, picks } }, id);
  }

  remove(id: Id): Promise<Result<Id, Refusal>> {
    return this.#writer.write({ name: "campaign.delete", args: { id } }, id);
  }

  /** Takes an unsent removal back; false when it is already on its way. */
  restore(id: Id): Promise<boolean> {
    return this.#writer.takeBack("campaign.delete", id);
  }

  /** Answers the id of the copy. */
  async duplicate(id: Id, name: string): Promise<Result<Id, Refusal>> {
    const copy = this.#newId();
    return this.#writer.write(
      { name: "campaign.duplicate", args: { id: copy, from: id, name } },
      copy,
    );
  }

  #counted(): readonly Counted[] {
    const living = this.#campaigns.value;
    const known = new Set(living.map(({ id }) => id));
    const gone = this.#deleted.value.filter(({ id }) => !known.has(id));
    return [...living, ...gone].map((campaign) => {
      return { campaign, rollup: this.#rollups.byId.get(campaign.id) ?? null };
    });
  }

  #rows(): CampaignRow[] {
    // A page that is drawn without its counters would be drawn twice.
    if (!this.isLoaded) return [];
    const pending = this.#pending.value;
    const rollups = this.#rollups.byId;
    const rows: CampaignRow[] = this.#campaigns.value
      .map((campaign) => ({
        campaign,
        rollup: rollups.get(campaign.id) ?? null,
        runs: [],
        pending: pending.get(campaign.id) ?? 0,
        waiting: campaign.waiting,
      }))
      .toSorted((a, b) => b.campaign.createdAt - a.campaign.createdAt);
    const runsOf = Map.groupBy(rows, ({ campaign }) => campaign.firing?.of);
    // A run that was deleted leaves the list, and not the sum (AMB-22).
    const countedOf = Map.groupBy(this.counted, ({ campaign }) => seriesOf(campaign));
    return rows.map((row) => {
      if (!isRecurring(row.campaign)) return row;
      const { id } = row.campaign;
      const counted = (countedOf.get(id) ?? []).flatMap(({ rollup }) => rollup ?? []);
      return withRuns(row, runsOf.get(id) ?? [], counted);
    });
  }
}

function isCampaign(doc: Documents[Kind] | null): doc is Campaign {
  return doc !== null && "phase" in doc;
}

/** The campaign whose run it is. */
function seriesOf(campaign: CountedCampaign): Id | undefined {
  return "firing" in campaign ? campaign.firing?.of : "of" in campaign ? campaign.of : undefined;
}

function withRuns(
  row: CampaignRow,
  runs: readonly CampaignRow[],
  counted: readonly Rollup[],
): CampaignRow {
  if (runs.length === 0 && counted.length === 0) return row;
  const at = Math.max(0, ...counted.map((each) => each.at));
  return { ...row, runs, rollup: sumRollups(row.campaign.id, counted, at) };
}
