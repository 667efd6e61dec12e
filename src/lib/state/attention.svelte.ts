/** What the server refused or wrote over, with what the person had typed, until they settle it. */
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import type { Result } from "#domain/core/result.ts";
import type { Act, CommandName } from "#domain/sync/command.ts";
import type { Lost } from "#domain/sync/decision.ts";
import type { Refusal } from "#domain/sync/refusal.ts";
import type { Card } from "../db/client-db.ts";
import { dismissCard } from "../db/inbox.ts";
import type { Device } from "./device.svelte.ts";
import type { Live } from "./live.svelte.ts";
import { campaignOf } from "./card-campaign.ts";
import type { Writer } from "./writer.svelte.ts";

export interface AttentionCard {
  /** By which its words are found, too (act-words.ts). */
  readonly id: Id;
  readonly kind: Card["kind"];
  readonly command: CommandName;
  /** What the person typed or asked for. */
  readonly args: Act["args"];
  /** The row that it was about. */
  readonly subjectId: Id;
  /** The row as the person saw it with their change; null when the command changed no text. */
  readonly mine: Card["mine"];
  /** Of a rejected command: why. */
  readonly refusal: Refusal | null;
  /** Of a merged one: what it wrote over. */
  readonly lost: readonly Lost[];
  /** Of one that only tells: what had gone out before it arrived. */
  readonly gone: NonNullable<Card["gone"]> | null;
  /** Later commands that fell with it. */
  readonly followers: readonly CommandName[];
  readonly at: Instant;
  /** Whether `makeDraft` can make a new campaign of it. */
  readonly canMakeDraft: boolean;
}

export interface AttentionDeps {
  readonly newId: () => Id;
  /** Asks the server for a deleted campaign; answers when it is on this device again, or why not. */
  readonly bringBack: (campaign: Id) => Promise<Result<null, string>>;
}

export class AttentionState {
  readonly #stored: Live<readonly Card[]>;
  readonly #device: Device;
  readonly #writer: Writer;
  readonly #newId: () => Id;
  readonly #bringBack: AttentionDeps["bringBack"];

  /** Newest first. */
  readonly cards: readonly AttentionCard[] = $derived.by(() => this.#stored.value.map(toCard));

  constructor(device: Device, writer: Writer, { newId, bringBack }: AttentionDeps) {
    this.#bringBack = bringBack;
    this.#device = device;
    this.#writer = writer;
    this.#newId = newId;
    this.#stored = device.live<readonly Card[]>([], async (db) =>
      (await db.inbox.toArray()).toSorted((a, b) => b.at - a.at),
    );
  }

  get count(): number {
    return this.#stored.value.length;
  }

  async dismiss(id: Id): Promise<void> {
    const { db } = this.#device;
    if (db !== null) await dismissCard(db, id);
  }

  /** A new draft campaign from what the person had typed; the card is settled with it. */
  async makeDraft(id: Id): Promise<Result<Id, Refusal>> {
    const card = this.#card(id);
    const { draftFrom } = await loadWays();
    const draft = card === null ? null : draftFrom(card, this.#newId());
    if (draft === null) return { ok: false, error: { type: "gone", field: null, detail: {} } };
    const made = await this.#writer.write(draft, draft.args.id);
    if (made.ok) await this.dismiss(id);
    return made;
  }

  /** Does again what was refused, on top of what is there now. Of a merge it is only a nod: mine stands already. */
  async useMine(id: Id): Promise<Result<Id, Refusal>> {
    const card = this.#card(id);
    const { mineAgain } = await loadWays();
    const act = card === null ? null : mineAgain(card);
    if (act === null) {
      await this.dismiss(id);
      return { ok: true, value: id };
    }
    const done = await this.#writer.write(act, act.args.id);
    if (done.ok) await this.dismiss(id);
    return done;
  }

  /** Brings back what was deleted, and does again what the person had done to it; or why not, in words. */
  async restore(id: Id): Promise<Result<null, string>> {
    const card = this.#card(id);
    if (card === null) return { ok: false, error: "It is settled already." };
    const back = await this.#bringBack(card.act.args.id);
    if (!back.ok) return back;
    const done = await this.useMine(id);
    if (done.ok) return { ok: true, value: null };
    return { ok: false, error: "The campaign is back. Your changes do not fit it any more." };
  }

  /** Puts back what the merge wrote over: theirs. */
  async useTheirs(id: Id): Promise<Result<Id, Refusal>> {
    const card = this.#card(id);
    const { theirsAgain } = await loadWays();
    const act = card === null ? null : theirsAgain(card);
    if (act === null) return { ok: false, error: { type: "gone", field: null, detail: {} } };
    const done = await this.#writer.write(act, act.args.id);
    if (done.ok) await this.dismiss(id);
    return done;
  }

  #card(id: Id): Card | null {
    return this.#stored.value.find((card) => card.id === id) ?? null;
  }
}

/** Only who settles a card needs them. */
async function loadWays() {
  return import("./card-ways.ts");
}

function toCard(card: Card): AttentionCard {
  return {
    id: card.id,
    kind: card.kind,
    command: card.act.name,
    args: card.act.args,
    subjectId: card.act.args.id,
    mine: card.mine,
    refusal: card.refusal,
    lost: card.lost,
    gone: card.gone ?? null,
    followers: card.followers.map(({ name }) => name),
    at: card.at,
    canMakeDraft: campaignOf(card) !== null,
  };
}
