/** How accounts stand, the last results of campaigns, and paused campaigns by index. */
export const guards = `
-- What the engine remembers of an account: its breaker, what its provider asked for, its pace.
create table account_state (
  workspace text not null,
  account text not null,
  breaker text not null,
  failures integer not null,
  reason text,
  detail text not null,
  since integer,
  retry_at integer,
  probes integer not null,
  rate real,
  rate_from real not null,
  rate_at integer not null,
  blocked_until integer not null,
  ramp real not null,
  tokens real not null,
  claimed_at integer not null,
  primary key (workspace, account)
) strict, without rowid;

-- The last results, oldest first: x failed, . did not.
alter table distribution add column recent text not null default '';

create index document_paused on document (phase) where phase = 'paused';

-- Written and taken back to see whether a disk that was full has space again.
create table ballast (filler blob not null) strict;
`;
