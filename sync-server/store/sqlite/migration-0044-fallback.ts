/** Campaigns that send a text message to whoever their own channel does not reach. */
export const fallback = `
-- What was frozen of it at the launch, as the columns of the same names of the distribution.
alter table distribution add column falls_back integer not null default 0;
create table fallback (
  distribution integer primary key,
  account text not null,
  provider text not null,
  keyed integer not null,
  key_retention integer,
  simulated integer not null,
  content text not null,
  price text
) strict;

-- Messages that go by the second channel, from this gen on, and the reason for which they do.
-- returned: the first channel reached them after all.
-- address: of the other of the two channels than the one whose address the message has now.
create table fallen (
  ws integer not null,
  distribution integer not null,
  n integer not null,
  gen integer not null,
  reason integer not null,
  contact integer not null,
  returned integer not null default 0,
  address text not null,
  primary key (ws, distribution, n)
) strict, without rowid;
create index fallen_contact on fallen (ws, distribution, contact);

-- Of the tally: what of it went by the second channel.
create table fallback_tally (
  ws integer not null,
  distribution integer not null,
  state integer not null,
  n integer not null,
  segments integer not null,
  primary key (ws, distribution, state)
) strict, without rowid;

-- Of what was spent in each month: the part of the second channel.
create table fallback_spend (
  ws integer not null,
  distribution integer not null,
  month integer not null,
  units integer not null,
  micros integer not null,
  primary key (ws, distribution, month)
) strict, without rowid;
`;
