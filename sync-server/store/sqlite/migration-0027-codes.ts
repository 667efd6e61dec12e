/** Unique codes: pools, which of their codes a campaign has, and their use. */
export const codes = `
-- seq is the short key of its codes. What people see of it is the document.
create table code_pool (
  seq integer primary key,
  workspace text not null,
  id text not null,
  -- How often one code may be redeemed; null: as often as people like.
  per_code integer,
  -- Its codes have the numbers 1 to size.
  size integer not null default 0,
  -- Codes that were redeemed at least once.
  redeemed integer not null default 0,
  redemptions integer not null default 0,
  unique (workspace, id)
) strict;

create table code (
  pool integer not null,
  seq integer not null,
  code text not null collate nocase,
  primary key (pool, seq)
) strict, without rowid;
create unique index code_text on code (pool, code);

-- Numbers of codes that nobody has. With the extents they are all of a pool, each once.
create table code_free (
  pool integer not null,
  first integer not null,
  last integer not null,
  primary key (pool, first)
) strict, without rowid;

-- So many codes from first on belong to as many messages of a distribution from message on. One
-- that was redeemed before any campaign had it belongs to none.
create table code_extent (
  pool integer not null,
  first integer not null,
  n integer not null,
  distribution integer,
  message integer,
  primary key (pool, first)
) strict, without rowid;
create unique index code_extent_message on code_extent (distribution, message)
  where distribution is not null;

-- key: what its caller named it, so that asking again changes nothing.
create table redemption (
  pool integer not null,
  seq integer not null,
  key text not null,
  at integer not null,
  heard_at integer not null,
  primary key (pool, seq, key)
) strict, without rowid;

-- Frozen at the launch; null: its messages have no codes.
alter table distribution add column code_pool integer;
-- Messages with a code that a provider took, or whose code was redeemed.
alter table distribution add column published integer not null default 0;
create index distribution_code_pool on distribution (code_pool) where code_pool is not null;
`;
