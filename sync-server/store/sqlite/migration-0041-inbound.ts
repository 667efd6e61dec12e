/** What people wrote to us, for the log of messages: who, when and what it meant, not what it said. */
export const inbound = `
create table inbound (
  seq integer primary key,
  workspace text not null,
  account text not null,
  channel text not null,
  address text not null,
  -- stop, start, complaint, or other: it meant nothing that we act on.
  what text not null,
  -- The message that it answers; null: nobody knows.
  distribution integer,
  n integer,
  at integer not null
) strict;
-- A provider may tell the same twice.
create unique index inbound_once on inbound (workspace, channel, address, what, at);
create index inbound_by_time on inbound (workspace, at, seq);
`;
