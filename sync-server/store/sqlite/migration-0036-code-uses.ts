/** Every use of a code that was asked for, whatever became of it, and the times of a pool. */
export const codeUses = `
-- When its codes may be redeemed: from, and before; null: always. disabled: not at all.
alter table code_pool add column starts_at integer;
alter table code_pool add column ends_at integer;
alter table code_pool add column disabled integer not null default 0;

-- code: as it was asked for, also where the pool has no such code (then seq is null).
-- by: the user who asked. contact: who uses it, where that is known.
-- result: redeemed, refused or rolled_back (it was redeemed before). reason: of a refusal.
create table code_use (
  id integer primary key,
  workspace text not null,
  pool integer not null,
  seq integer,
  code text not null,
  key text not null,
  at integer not null,
  by text,
  contact integer,
  campaign text,
  result text not null,
  reason text,
  rolled_back_at integer,
  rolled_back_by text
) strict;
create index code_use_newest on code_use (workspace, id);
create index code_use_pool on code_use (pool, id);
create index code_use_code on code_use (pool, seq, key) where seq is not null;

insert into code_use (workspace, pool, seq, code, key, at, contact, campaign, result)
select p.workspace, r.pool, r.seq, c.code, r.key, r.at, m.contact, d.campaign, 'redeemed'
  from redemption r join code_pool p on p.seq = r.pool
  join code c on c.pool = r.pool and c.seq = r.seq
  left join code_extent e on e.pool = r.pool and r.seq between e.first and e.first + e.n - 1
  left join distribution d on d.seq = e.distribution
  left join message m on m.ws = d.ws and m.distribution = d.seq and m.n = e.message + r.seq - e.first
 order by r.heard_at;
`;
