/** What people agree to before they are written to, as the device last heard. Made by a page; `leave` when it goes. */
import {
  currentConsentText,
  firstConsentWords,
  type ConsentText,
} from "#domain/audience/consent-text.ts";
import type { ConsentChannel } from "#domain/audience/contact.ts";
import type { App } from "./app-context.ts";
import { Live } from "./live.svelte.ts";

type Deps = Pick<App, "device" | "session">;

export class AskedConsents {
  readonly #deps: Deps;
  readonly #texts: Live<readonly ConsentText[]>;

  constructor(deps: Deps) {
    this.#deps = deps;
    const query = new Live<readonly ConsentText[]>([], async (db) =>
      (await db.consentText.toArray()).map(({ doc }) => doc),
    );
    this.#texts = deps.device.attach(query);
  }

  /** The words, and the number of the text that they are; 0: those that every workspace begins with. */
  wordsOf(channel: ConsentChannel): { readonly version: number; readonly words: string } {
    const current = currentConsentText(this.#texts.value, channel);
    if (current !== null) return { version: current.version, words: current.text };
    const name = this.#deps.session.workspace?.name ?? "";
    return { version: 0, words: firstConsentWords(channel, name) };
  }

  leave(): void {
    this.#deps.device.detach(this.#texts);
  }
}
