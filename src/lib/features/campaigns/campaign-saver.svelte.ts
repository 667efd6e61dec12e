/** Saves what is typed into a campaign, one save after another, so that none overtakes another. */
import type { CampaignFields } from "#domain/campaign/campaign.ts";
import type { Id } from "#domain/core/id.ts";
import type { Result } from "#domain/core/result.ts";
import { secondMs } from "#domain/core/time.ts";
import type { Refusal } from "#domain/sync/refusal.ts";
import type { CampaignForm } from "./campaign-form.svelte.ts";

export interface SaverDeps {
  readonly form: CampaignForm;
  /** `amends`: an edit of this sitting came before. */
  readonly edit: (
    from: { readonly was: CampaignFields; readonly amends: boolean },
    set: CampaignFields,
  ) => Promise<Result<Id, Refusal>>;
  /** Everything typed is in the outbox: no draft of it is needed any more. */
  readonly onSaved: () => Promise<void>;
  readonly words: (refusal: Refusal) => string;
  readonly now: () => number;
}

/** Somebody stopped typing for so long. */
const quietMs = 1.5 * secondMs;

/** A long evening of writing without a network must not become thousands of changes. */
const gapMs = 10 * secondMs;

export class CampaignSaver {
  /** Why the last save changed nothing; null when it did. */
  refused = $state<string | null>(null);
  #isSaving = $state(false);
  #hopeless: string | null = $state.raw(null);
  #last: Promise<boolean> = Promise.resolve(true);
  #hasSaved = false;
  #lastPauseAt = Number.NEGATIVE_INFINITY;
  readonly #deps: SaverDeps;

  constructor(deps: SaverDeps) {
    this.#deps = deps;
  }

  get isSaving(): boolean {
    return this.#isSaving;
  }

  /** Whether something waits that a pause in typing can save. What was refused is not tried again as it is. */
  get canSave(): boolean {
    const { form } = this.#deps;
    const fields = savable(form);
    return differ(fields, form.base) && JSON.stringify(fields) !== this.#hopeless;
  }

  /** How long to wait before a pause counts. */
  get pauseMs(): number {
    return Math.max(quietMs, this.#lastPauseAt + gapMs - this.#deps.now());
  }

  /** A person asked for it: false when something stays unsaved, and `refused` says why. */
  async save(): Promise<boolean> {
    const saved = await this.#next();
    if (!saved || this.#deps.form.name.trim() !== "") return saved;
    this.refused = "Give the campaign a name. Everything else is saved.";
    return false;
  }

  /** In passing: whatever can be saved is. */
  async keep(): Promise<void> {
    if (this.canSave) await this.#next();
  }

  /** After a pause in typing. */
  async keepAfterPause(): Promise<void> {
    this.#lastPauseAt = this.#deps.now();
    await this.keep();
  }

  #next(): Promise<boolean> {
    this.#last = this.#last.then(
      () => this.#save(),
      () => this.#save(),
    );
    return this.#last;
  }

  async #save(): Promise<boolean> {
    const { form, edit, onSaved, words } = this.#deps;
    const { base } = form;
    const fields = savable(form);
    this.refused = null;
    if (!differ(fields, base)) return true;
    this.#isSaving = true;
    form.settle(fields);
    try {
      const saved = await edit({ was: base, amends: this.#hasSaved }, fields);
      this.#hasSaved ||= saved.ok;
      this.#hopeless = saved.ok ? null : JSON.stringify(fields);
      if (!saved.ok) {
        this.refused = words(saved.error);
        form.unsettle(base);
      } else if (!form.isDirty) await onSaved();
      return saved.ok;
    } catch (error) {
      form.unsettle(base);
      throw error;
    } finally {
      this.#isSaving = false;
    }
  }
}

/** A campaign always has a name: while it is empty on the screen, the saved one stays. */
function savable({ fields, base }: CampaignForm): CampaignFields {
  return fields.name.trim() === "" ? { ...fields, name: base.name } : fields;
}

function differ(a: CampaignFields, b: CampaignFields): boolean {
  return JSON.stringify(a) !== JSON.stringify(b);
}
