/**
 * The part of storage that contacts, consent, lists, imports and audiences need.
 *
 * Who is who: an e-mail address names one contact of a workspace. A row without one is the
 * contact that has its phone number and no e-mail address either; phone numbers are shared in
 * families, so a number alone never finds a contact that has an e-mail address.
 */
import type { Audience, AudienceRule } from "#domain/audience/audience.ts";
import type { Consent, ConsentChannel, Contact } from "#domain/audience/contact.ts";
import type { ImportedContact, StatedConsent } from "#domain/audience/import.ts";
import type { ImportNote } from "#domain/audience/import-note.ts";
import type { Reject } from "#domain/audience/reject.ts";
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import type { ImportJob } from "#domain/sync/document.ts";

/** A contact with what it allows now. */
export interface ContactRecord {
  readonly contact: Contact;
  readonly consents: readonly Consent[];
}

/** A contact of a file, with the id that it gets when it is new. */
export interface ImportedRow extends ImportedContact {
  readonly id: Id;
}

export interface StartImport {
  readonly workspace: Id;
  readonly id: Id;
  readonly fileName: string;
  /** The list that the contacts are put in, made with the import. */
  readonly listId: Id;
  readonly listName: string;
  /** The headings of the file's columns, for the file of rejected rows. */
  readonly heading: readonly string[];
  readonly now: Instant;
}

export interface ImportBatch {
  readonly workspace: Id;
  readonly importId: Id;
  readonly contacts: readonly ImportedRow[];
  readonly rejects: readonly Reject[];
  /** Whether devices shall see how far it is. */
  readonly show: boolean;
  readonly now: Instant;
}

/** A row that was taken, and what of it was not understood. */
export interface NotedRow {
  readonly line: number;
  readonly notes: readonly ImportNote[];
}

/** What a person may say of a contact; what is left out stays. */
export type ContactChange = Partial<Omit<Contact, "id" | "createdAt" | "updatedAt">>;

/** How many contacts an audience means, and how many of them each channel reaches. */
export interface AudienceCount {
  readonly count: number;
  readonly reachable: Readonly<Record<ConsentChannel, number>>;
}

/** A count that was made of an audience, with the rule that it was made by. */
export interface CountedAudience extends AudienceCount {
  readonly id: Id;
  readonly rule: AudienceRule;
}

/** The messages of one contact in a distribution, as they were when it had so many. */
export interface MessagesOf {
  readonly distribution: number;
  readonly total: number;
  readonly ns: readonly number[];
}

/** What an erasure took a person out of. */
export interface Erased {
  readonly messages: number;
  /** What they wrote. */
  readonly inbound: number;
  /** Addresses that stay suppressed, as hashes. */
  readonly suppressed: number;
}

interface InWorkspace {
  readonly workspace: Id;
}

interface OfId extends InWorkspace {
  readonly id: Id;
}

export interface ContactStore {
  /** Makes the documents of the import and of its list. */
  startImport(args: StartImport): Promise<void>;
  /** Stores the rows of a batch: contacts, consents, membership of the list, rejects, counts. */
  importRows(args: ImportBatch): Promise<void>;
  /** Ends an import well (no problem) or badly, keeping what it stored; null when there is none. */
  endImport(
    args: OfId & {
      readonly problem: string | null;
      readonly by: Id | null;
      readonly now: Instant;
    },
  ): Promise<ImportJob | null>;
  /** Ends every import that a stopped server left open; answers how many. */
  failOpenImports(args: { readonly problem: string; readonly now: Instant }): Promise<number>;
  /** The rejected rows behind a line, in the file's order, with the file's headings. */
  rejects(
    args: OfId & { readonly afterLine: number; readonly limit: number },
  ): Promise<{ readonly heading: readonly string[]; readonly rows: readonly Reject[] }>;
  /** The rows behind a line that were taken with a note, in the file's order. */
  noted(
    args: OfId & { readonly afterLine: number; readonly limit: number },
  ): Promise<readonly NotedRow[]>;

  contact(args: OfId): Promise<ContactRecord | null>;
  /** Newest first; `q` is looked for in names and city, and in addresses where they may be seen. */
  contacts(
    args: InWorkspace & {
      readonly q: string;
      readonly seesAddresses: boolean;
      /** The `next` of the page before; null for the first. */
      readonly before: number | null;
      readonly limit: number;
    },
  ): Promise<{ readonly items: readonly ContactRecord[]; readonly next: number | null }>;
  /** False: another contact has this e-mail address. */
  addContact(
    args: InWorkspace & {
      readonly contact: Contact;
      readonly consents: readonly StatedConsent[];
      readonly now: Instant;
    },
  ): Promise<boolean>;
  changeContact(
    args: OfId & { readonly change: ContactChange; readonly now: Instant },
  ): Promise<"changed" | "taken" | "gone">;
  /** Removes the person; what they consented to stays in the log, as proof, under a number only. */
  removeContact(args: OfId & { readonly now: Instant }): Promise<boolean>;
  /** The messages of a contact, for `eraseContact`: they are looked for beside the writer. */
  messagesOf(args: OfId): Promise<readonly MessagesOf[]>;
  /**
   * Takes the person out of everything that tells of them: contact, messages, what they wrote, what
   * was kept of answers and files. Every count stays. Addresses that must not be used stay so, as
   * hashes. null: there is no such contact.
   */
  eraseContact(
    args: OfId & {
      readonly messages: readonly MessagesOf[];
      readonly by: Id | null;
      readonly now: Instant;
    },
  ): Promise<Erased | null>;
  /** Notes what a person said; `opted_out`: they left by themselves, and only they may come back. */
  addConsent(
    args: OfId & { readonly consent: StatedConsent; readonly now: Instant },
  ): Promise<"noted" | "gone" | "opted_out">;
  /** Everything that a contact ever said, newest first. */
  consentLog(args: OfId): Promise<readonly Consent[]>;

  countAudience(
    args: InWorkspace & { readonly rule: AudienceRule; readonly now: Instant },
  ): Promise<AudienceCount>;
  /**
   * Writes counts into the audiences' documents where the rule is still the same. The revision
   * stays: a new number must not undo what a person reviewed. Answers the documents as they are.
   */
  noteCounts(
    args: InWorkspace & { readonly counted: readonly CountedAudience[]; readonly now: Instant },
  ): Promise<readonly Audience[]>;
}
