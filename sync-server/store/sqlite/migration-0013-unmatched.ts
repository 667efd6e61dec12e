/** Receipts that match no message: tried again for a while, then kept for the operator to see. */
export const unmatched = `
-- receipt: what the provider said, as JSON, to be tried again; null when there is nothing to try.
-- retry_at: null when it was given up. n: how often the same was heard.
create table unmatched_receipt (
  workspace text not null,
  account text not null,
  key text not null,
  said text not null,
  why text not null,
  words text not null,
  receipt text,
  n integer not null,
  first_at integer not null,
  last_at integer not null,
  retry_at integer,
  primary key (workspace, account, key, said)
) strict, without rowid;
create index unmatched_due on unmatched_receipt (retry_at) where retry_at is not null;

-- All that were ever given up, those that were not kept included.
create table unmatched_count (
  workspace text not null,
  account text not null,
  why text not null,
  n integer not null,
  primary key (workspace, account, why)
) strict, without rowid;
`;
