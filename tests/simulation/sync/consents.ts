// What people said at the stand, and what the server makes of it (I5): who took a consent back
// gets nothing more, until they agree again later, by a clock that can be believed.
import type { ConsentChannel } from "#domain/audience/contact.ts";
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import type { StandEffect } from "#server/store/sign-up-store.ts";
import type { MemoryDatabase } from "./memory-database.ts";
import { Violation } from "./violation.ts";

/** One word of a person, as its device told it. */
interface Word {
  readonly uid: Id;
  readonly signUp: Id;
  readonly client: Id;
  readonly channel: ConsentChannel;
  readonly granted: boolean;
  readonly isTrusted: boolean;
  /** When it was said: not before what this device said last, and not later than it was heard. */
  readonly at: Instant;
}

export class Consents {
  #words: readonly Word[] = [];
  /** Commits whose words are not heard yet, though the store may have them. */
  #unheard = 0;

  /** Hears what is said by a commit; until then another one's end has nothing to compare with. */
  async during<T>(
    commit: () => Promise<T>,
    saidBy: (done: T) => StandEffect | null,
    clock: () => Instant,
  ): Promise<T> {
    this.#unheard += 1;
    try {
      const done = await commit();
      const said = saidBy(done);
      if (said !== null) this.hear(said, clock());
      return done;
    } finally {
      this.#unheard -= 1;
    }
  }

  /** An accepted command, as the product understood it. */
  hear({ uid, signUp, client, said, claim }: StandEffect, now: Instant): void {
    const lastAt = Math.max(
      0,
      ...this.#words.filter((each) => each.client === client).map((each) => each.at),
    );
    const at = Math.min(Math.max(claim.at, lastAt), now);
    const words = said.map(({ channel, granted }): Word => {
      const { isTrusted } = claim;
      // Of a clock that nobody can believe, a withdrawal counts from when it was heard.
      const since = isTrusted || granted ? at : now;
      return { uid, signUp: signUp.id, client, channel, granted, isTrusted, at: since };
    });
    this.#words = [...this.#words, ...words];
  }

  /** What came after the back-up was never heard. */
  forget(isKnown: (uid: Id) => boolean): void {
    this.#words = this.#words.filter(({ uid }) => isKnown(uid));
  }

  check({ beside }: MemoryDatabase, workspace: Id): void {
    // Whoever is heard last looks.
    if (this.#unheard > 0) return;
    const contacts = new Map(
      beside
        .prepare("select id, contact from sign_up where workspace = ?")
        .all(workspace)
        .map((row) => [String(row["id"]), Number(row["contact"])]),
    );
    const granted = beside
      .prepare("select contact, channel from consent where workspace = ? and granted = 1")
      .all(workspace);
    for (const row of granted) {
      const words = this.#words.filter(
        ({ signUp, channel }) =>
          contacts.get(signUp) === Number(row["contact"]) && channel === row["channel"],
      );
      const leftAt = Math.max(-1, ...words.filter((each) => !each.granted).map((each) => each.at));
      const isMeant = words.some((each) => each.granted && each.isTrusted && each.at > leftAt);
      if (isMeant) continue;
      const [word] = words;
      throw new Violation("I5", `${word?.signUp ?? "somebody"} may be written to, and said no`);
    }
  }
}
