/** Since when a message is in doubt, where the provider forgets its key after some time. */
export const keyAges = `
-- For how long a key of this campaign acts once, in milliseconds; null: for ever, or it is not keyed.
alter table distribution add column key_retention integer;

-- When messages of the chunk were last claimed: the keys of what a dead engine had in flight are as old.
alter table chunk add column claimed_at integer;

-- Messages that are, or were, in doubt under a key of that kind.
-- since: when the key was first used. wanted: a person asked for another try in spite of the doubt.
create table doubt (
  ws integer not null,
  distribution integer not null,
  n integer not null,
  gen integer not null,
  since integer not null,
  wanted integer not null default 0,
  primary key (ws, distribution, n)
) strict, without rowid;
`;
