/** What people agree to at the stand, and what of it waits for a look, as Settings shows it. */
import { currentConsentText } from "#domain/audience/consent-text.ts";
import type { ConsentChannel } from "#domain/audience/contact.ts";
import type { Result } from "#domain/core/result.ts";
import type { Api, Failure } from "../sync/api.ts";
import { consentCalls, type PublishedText, type WaitingConsent } from "../sync/consent-calls.ts";

export type { PublishedText, WaitingConsent } from "../sync/consent-calls.ts";

export class ConsentsState {
  /** Every version, newest first; null until the server answered. */
  texts: readonly PublishedText[] | null = $state.raw(null);
  /** What waits for a look; null until the server answered, or for who may not decide. */
  reviews: readonly WaitingConsent[] | null = $state.raw(null);
  trouble: Failure | null = $state.raw(null);
  readonly #calls: ReturnType<typeof consentCalls>;
  readonly #decides: boolean;

  constructor(api: Api, { decides }: { readonly decides: boolean }) {
    this.#calls = consentCalls(api);
    this.#decides = decides;
  }

  async load(): Promise<void> {
    const [texts, reviews] = await Promise.all([
      this.#calls.texts(),
      this.#decides ? this.#calls.reviews() : null,
    ]);
    this.trouble = texts.ok ? null : texts.error;
    if (texts.ok) this.texts = texts.value.items;
    if (reviews?.ok === true) this.reviews = reviews.value.items;
  }

  /** What is shown now; null: the first words. */
  currentOf(channel: ConsentChannel): PublishedText | null {
    return currentConsentText(this.texts ?? [], channel);
  }

  async publish(channel: ConsentChannel, text: string): Promise<Result<PublishedText, Failure>> {
    const done = await this.#calls.publish(channel, text);
    if (done.ok) this.texts = [done.value, ...(this.texts ?? [])];
    return done;
  }

  async decide(
    waiting: WaitingConsent,
    accept: boolean,
  ): Promise<Result<"accepted" | "declined", Failure>> {
    const done = await this.#calls.decide(waiting, accept);
    await this.load();
    return done.ok ? { ok: true, value: done.value.state } : done;
  }
}
