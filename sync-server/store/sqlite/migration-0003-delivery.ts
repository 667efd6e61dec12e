/** Messages, chunks, counters and what the engine remembers. */
export const delivery = `
-- One launched campaign, with what was frozen at its launch. seq is the short key of its rows.
-- stage: freezing, sending, canceling, done (nothing is open any more).
create table distribution (
  seq integer primary key,
  workspace text not null,
  ws integer not null,
  campaign text not null,
  account text not null,
  provider text not null,
  keyed integer not null,
  channel text not null,
  content text not null,
  rule text not null,
  stage text not null,
  -- The last contact that was looked at while freezing.
  cursor integer not null default 0,
  total integer not null default 0,
  -- Rises with every change of its rows; flushed is the one that the rollup document shows.
  ver integer not null default 0,
  flushed integer not null default -1,
  created_at integer not null,
  unique (workspace, campaign)
) strict;
create index distribution_open on distribution (stage) where stage <> 'done';
create index distribution_stale on distribution (seq) where ver <> flushed;

-- One recipient of a distribution. The numbers of state and reason: domain/message.
-- marks: 1 = proof of arrival came after trouble, 2 = a try failed or was in doubt.
create table message (
  ws integer not null,
  distribution integer not null,
  n integer not null,
  contact integer not null,
  address text not null,
  name text not null,
  state integer not null,
  gen integer not null default 1,
  try integer not null default 0,
  reason integer not null default 0,
  segments integer not null default 1,
  marks integer not null default 0,
  at integer not null,
  provider_id text,
  primary key (ws, distribution, n)
) strict, without rowid;

-- 500 messages: what is claimed. owner: the boot of the engine that has rows of it in flight.
-- ver rises with every change of its rows; look_at: when to look after receipts again.
create table chunk (
  ws integer not null,
  distribution integer not null,
  k integer not null,
  last integer not null,
  next integer not null,
  owner text,
  sending integer not null default 0,
  waiting integer not null default 0,
  ver integer not null default 0,
  look_at integer,
  primary key (ws, distribution, k)
) strict, without rowid;
create index chunk_fresh on chunk (ws, distribution, k) where next <= last;
create index chunk_flying on chunk (ws, distribution, k) where sending > 0;
create index chunk_look on chunk (ws, distribution, look_at) where look_at is not null;

-- Messages that wait for a moment: a repeat, or the end of the wait for proof.
create table timer (
  ws integer not null,
  distribution integer not null,
  n integer not null,
  at integer not null,
  primary key (ws, distribution, n)
) strict, without rowid;
create index timer_due on timer (ws, distribution, at);

-- Addresses that a distribution has already taken; emptied when it is frozen.
create table taken (
  ws integer not null,
  distribution integer not null,
  address text not null,
  primary key (ws, distribution, address)
) strict, without rowid;

-- Tries that were not plain successes.
create table attempt (
  ws integer not null,
  distribution integer not null,
  n integer not null,
  gen integer not null,
  try integer not null,
  at integer not null,
  state integer not null,
  reason integer not null,
  code text not null,
  words text not null,
  primary key (ws, distribution, n, gen, try, state)
) strict, without rowid;

create table tally (
  ws integer not null,
  distribution integer not null,
  state integer not null,
  reason integer not null,
  n integer not null,
  segments integer not null,
  primary key (ws, distribution, state, reason)
) strict, without rowid;

-- Messages that entered a state in a minute.
create table bucket (
  ws integer not null,
  distribution integer not null,
  minute integer not null,
  state integer not null,
  n integer not null,
  primary key (ws, distribution, minute, state)
) strict, without rowid;

-- The settings of a provider account, sealed. What may be seen of them is the document.
create table account_settings (
  workspace text not null,
  account text not null,
  sealed text not null,
  at integer not null,
  primary key (workspace, account)
) strict, without rowid;
`;
