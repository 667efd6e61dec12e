/** How far mails that came back were read, by account. */
export const bounces = `
-- cursor: where to go on, in the reader's own form. counts: JSON of mails by what they were.
create table bounce_reading (
  workspace text not null,
  account text not null,
  cursor text,
  read_at integer not null,
  ok_at integer,
  problem text,
  counts text not null,
  primary key (workspace, account)
) strict, without rowid;
`;
