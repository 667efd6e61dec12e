/** Receipts that came faster than they are merged: durable, and merged in the order in which they came. */
export const receiptInbox = `
create table receipt_inbox (
  seq integer primary key,
  workspace text not null,
  account text not null,
  -- JSON, as the engine takes them.
  receipts text not null,
  n integer not null,
  at integer not null
) strict;

-- How much waits there: one row, in the transaction of whatever changes it.
create table receipt_inbox_size (
  one integer primary key check (one = 1),
  receipts integer not null,
  bytes integer not null
) strict;
`;
