/** Suppression with its proof, the unreachable, frequency caps, opt-outs by campaign. */
export const peopleLimits = `
alter table suppression add column source text not null default '';
alter table suppression add column note text not null default '';
alter table suppression add column by text;
alter table suppression add column campaign text;

-- Every suppression that was ever added or removed, and what was decided of the unreachable.
create table suppression_log (
  seq integer primary key,
  workspace text not null,
  kind text not null,
  address text not null,
  act text not null,
  reason text not null,
  source text not null,
  note text not null,
  by text,
  campaign text,
  at integer not null
) strict;
create index suppression_log_address on suppression_log (workspace, kind, address);

create table people_limits (
  workspace text primary key,
  doc text not null
) strict, without rowid;

-- simulated: nobody was written to, so what became of its messages says nothing of people.
-- noted: the ver whose outcomes are in the tables below; opted_out: people who left through it.
alter table distribution add column simulated integer not null default 0;
alter table distribution add column noted integer not null default -1;
alter table distribution add column opted_out integer not null default 0;
update distribution set simulated = 1 where provider = 'sandbox';
alter table chunk add column noted integer not null default -1;
create index distribution_unnoted on distribution (seq) where stage = 'done' and noted <> ver;

-- A campaign that was told that an address is not valid: the second suppresses it.
create table strike (
  ws integer not null,
  kind text not null,
  address text not null,
  distribution integer not null,
  primary key (ws, kind, address, distribution)
) strict, without rowid;

-- What a settled campaign was for an address. missed: it failed for a reason of the recipient's;
-- spared: it was not sent, as the address is suppressed as unreachable.
create table outcome (
  ws integer not null,
  channel text not null,
  address text not null,
  distribution integer not null,
  what text not null,
  segments integer not null,
  at integer not null,
  primary key (ws, channel, address, distribution)
) strict, without rowid;

-- The last campaign that reached an address: no miss before it counts, so one row is enough.
create table reached (
  ws integer not null,
  channel text not null,
  address text not null,
  distribution integer not null,
  at integer not null,
  primary key (ws, channel, address)
) strict, without rowid;

-- state: none, listed (waits for a person) or suppressed. reset: campaigns up to it do not count.
create table unreachable (
  ws integer not null,
  channel text not null,
  address text not null,
  state text not null,
  misses integer not null default 0,
  since integer,
  at integer not null,
  by text,
  reset integer not null default 0,
  primary key (ws, channel, address)
) strict, without rowid;
create index unreachable_state on unreachable (ws, state, at) where state <> 'none';

-- Who was sent to by which campaign, while a frequency cap is set.
create table pressure (
  ws integer not null,
  contact integer not null,
  channel text not null,
  distribution integer not null,
  at integer not null,
  primary key (ws, contact, channel, distribution)
) strict, without rowid;

-- Messages through which somebody left.
create table opt_out (
  ws integer not null,
  distribution integer not null,
  n integer not null,
  source text not null,
  at integer not null,
  primary key (ws, distribution, n)
) strict, without rowid;
`;
