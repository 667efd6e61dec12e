/** The part of storage that contacts, consent, lists, imports and audiences need. */
export type ContactStore = Record<never, never>;
