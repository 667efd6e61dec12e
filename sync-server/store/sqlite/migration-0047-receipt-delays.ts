/** How long the receipts of accounts take, from which the wait for proof is learned. */
export const receiptDelays = `
-- Counts by class of delay, as JSON (src/domain/message/receipt-delay.ts), and what devices were told last.
create table receipt_delay (
  workspace text not null,
  account text not null,
  recent text not null,
  before text not null,
  told_p99 integer,
  told_receipts integer,
  primary key (workspace, account)
) strict, without rowid;
`;
