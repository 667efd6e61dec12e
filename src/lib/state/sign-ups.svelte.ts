/** Contacts that were added on this device, as their page shows them: made with the page, ended with it. */
import type { ConsentChannel } from "#domain/audience/contact.ts";
import {
  currentConsentText,
  firstConsentWords,
  type ConsentText,
} from "#domain/audience/consent-text.ts";
import type { SignUp } from "#domain/audience/sign-up.ts";
import type { Id } from "#domain/core/id.ts";
import { ok, type Result } from "#domain/core/result.ts";
import type { Act, Change, CommandArgs } from "#domain/sync/command.ts";
import type { Refusal } from "#domain/sync/refusal.ts";
import type { ClientDb } from "../db/client-db.ts";
import { dismissCard } from "../db/inbox.ts";
import { addressesOf, openedArgs, type Addresses } from "../db/sealed-args.ts";
import type { App } from "./app-context.ts";
import { Live } from "./live.svelte.ts";

export type { Addresses } from "../db/sealed-args.ts";

export interface SignUpRow {
  readonly signUp: SignUp;
  /** `waiting`: not sent yet; `attention`: the server refused something of it. */
  readonly state: "waiting" | "sent" | "attention";
}

export interface PersonForm {
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly country: string;
}

interface Stored {
  readonly rows: readonly SignUpRow[];
  readonly texts: readonly ConsentText[];
}

type Deps = Pick<App, "device" | "writer" | "newId" | "session">;

export class SignUpsState {
  readonly #deps: Deps;
  readonly #live: Live<Stored>;
  /** What was opened, by what it was sealed under: for looking up, never kept. */
  readonly #opened = new Map<string, Addresses>();

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#live = deps.device.attach(new Live<Stored>({ rows: [], texts: [] }, load));
  }

  close(): void {
    this.#deps.device.detach(this.#live);
  }

  /** Newest first. */
  get rows(): readonly SignUpRow[] {
    return this.#live.value.rows;
  }

  get isLoaded(): boolean {
    return this.#live.isLoaded;
  }

  /** What is asked now, and the text that it is; null: the words of version 0. */
  asked(channel: ConsentChannel): { readonly text: Id | null; readonly words: string } {
    const current = currentConsentText(this.#live.value.texts, channel);
    if (current !== null) return { text: current.id, words: current.text };
    const name = this.#deps.session.workspace?.name ?? "";
    return { text: null, words: firstConsentWords(channel, name) };
  }

  /** The addresses as they were typed; null: they cannot be opened any more. */
  async open({ sealed }: SignUp): Promise<Addresses | null> {
    const key = sealed.join();
    const known = this.#opened.get(key);
    const { db } = this.#deps.device;
    if (known !== undefined || db === null) return known ?? null;
    const found = await addressesOf(db, sealed);
    if (found !== null) this.#opened.set(key, found);
    return found;
  }

  /** Whoever of this device's contacts has one of the addresses. */
  async withAddress(wanted: Addresses, except: Id | null = null): Promise<SignUp | null> {
    for (const { signUp } of this.rows) {
      if (signUp.id === except) continue;
      const has = await this.open(signUp);
      if (has === null) continue;
      if (wanted.email !== null && has.email === wanted.email) return signUp;
      // A number alone is only the same person where neither has an e-mail address.
      if (wanted.phone === has.phone && wanted.email === null && has.email === null) return signUp;
    }
    return null;
  }

  /** By a part of a name, or of an address as it was typed. */
  async find(q: string): Promise<readonly SignUpRow[]> {
    const wanted = q.trim().toLowerCase();
    if (wanted === "") return this.rows;
    const digits = wanted.replace(/[\s()/-]/g, "").replace(/^0+/, "");
    const found: SignUpRow[] = [];
    for (const row of this.rows) {
      const has = await this.open(row.signUp);
      const { firstName, lastName } = row.signUp;
      const words = `${firstName} ${lastName} ${has?.email ?? ""}`.toLowerCase();
      const isNumber = digits.length > 2 && (has?.phone ?? "").includes(digits);
      if (words.includes(wanted) || isNumber) found.push(row);
    }
    return found;
  }

  add(args: Omit<CommandArgs["contact.add"], "id">): Promise<Result<Id, Refusal>> {
    const id = this.#deps.newId();
    return this.#deps.writer.write({ name: "contact.add", args: { ...args, id } }, id);
  }

  /** Only what changed is said. */
  async edit(signUp: SignUp, was: Addresses, form: PersonForm): Promise<Result<Id, Refusal>> {
    const { id } = signUp;
    const changes = {
      ...changed("firstName", signUp.firstName, form.firstName),
      ...changed("lastName", signUp.lastName, form.lastName),
      ...changed("email", was.email, form.email),
      ...changed("phone", was.phone, form.phone),
      ...changed("country", signUp.country, form.country),
    };
    if (Object.keys(changes).length === 0) return ok(id);
    return this.#deps.writer.write({ name: "contact.edit", args: { id, ...changes } }, id);
  }

  say(signUp: SignUp, channel: ConsentChannel, granted: boolean): Promise<Result<Id, Refusal>> {
    const { id } = signUp;
    const { text } = this.asked(channel);
    const act: Act = granted
      ? { name: "consent.in", args: { id, channel, text, how: "tick", place: "" } }
      : { name: "consent.out", args: { id, channel, place: "" } };
    return this.#deps.writer.write(act, id);
  }

  /** What was typed of a contact that was refused, for mending it. */
  async refused(cardId: Id): Promise<Readonly<Record<string, unknown>> | null> {
    const { db } = this.#deps.device;
    const card = await db?.inbox.get(cardId);
    if (db === null || card?.act.name !== "contact.add") return null;
    const args = await openedArgs(db, card.act.args);
    return typeof args === "object" && args !== null ? { ...args } : null;
  }

  async settle(cardId: Id): Promise<void> {
    const { db } = this.#deps.device;
    if (db !== null) await dismissCard(db, cardId);
  }
}

async function load(db: ClientDb): Promise<Stored> {
  const [docs, commands, cards, texts] = await Promise.all([
    db.signUp.toArray(),
    db.outbox.toArray(),
    db.inbox.toArray(),
    db.consentText.toArray(),
  ]);
  const waiting = new Set(
    commands.flatMap(({ act, state }) => (state === "accepted" ? [] : [act.args.id])),
  );
  const refused = new Set(
    cards.flatMap(({ act, kind }) => (kind === "rejected" ? [act.args.id] : [])),
  );
  // Whoever was refused altogether is no contact of ours any more; the card has what was typed.
  const lost = cards.flatMap(({ act, mine }) =>
    act.name === "contact.add" && mine !== null && "addedBy" in mine ? [mine] : [],
  );
  const stateOf = (id: Id): SignUpRow["state"] => {
    if (refused.has(id)) return "attention";
    return waiting.has(id) ? "waiting" : "sent";
  };
  const rows = [...lost, ...docs.map(({ doc }) => doc)]
    .map((signUp) => ({ signUp, state: stateOf(signUp.id) }))
    .toSorted((a, b) => b.signUp.addedAt - a.signUp.addedAt);
  return { rows, texts: texts.map(({ doc }) => doc) };
}

function changed<K extends string, T>(key: K, was: T, set: T): { [P in K]?: Change<T> } {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a computed key widens to string; it is K
  return was === set ? {} : ({ [key]: { was, set } } as { [P in K]?: Change<T> });
}
