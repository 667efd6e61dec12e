/** By what recipients are put in order; for links to them, too, which need no table. */
export const recipientSorts = [
  "index",
  "name",
  "address",
  "state",
  "at",
  "reason",
  "attempts",
  "segments",
  "carrier",
  "edition",
] as const;

export type RecipientSort = (typeof recipientSorts)[number];
