/** Erasing people: what of them was taken out of messages, and addresses that must not be used, as hashes. */
export const erased = `
-- How many of its messages lost their person: devices fetch their blocks again where it rises.
alter table distribution add column erased integer not null default 0;
alter table chunk add column erased integer not null default 0;

-- Suppressions of erased people: in force again as soon as a contact has the address.
create table erased_address (
  workspace text not null,
  hash text not null,
  reason text not null,
  source text not null,
  at integer not null,
  until integer,
  campaign text,
  primary key (workspace, hash)
) strict, without rowid;
insert into meta (key, value) values ('address_salt', lower(hex(randomblob(32))));

-- Whose address is gone may have written the same at the same time as somebody else.
drop index inbound_once;
create unique index inbound_once on inbound (workspace, channel, address, what, at)
  where address <> '';
`;
