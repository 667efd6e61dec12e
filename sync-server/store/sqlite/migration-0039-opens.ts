/** Opens of e-mails, by the picture that each page asks for. */
export const opens = `
-- Frozen at the launch: whether its pages have a picture that tells of opens. What was launched
-- before says the same as it did, however late it is repeated.
alter table distribution add column tracks_opens integer not null default 0;

-- Every load of the picture, whoever made it. id: what a repeated write is known by.
-- sign: why it is a program's; null: it is a person's. No address of who opened is kept.
create table open (
  seq integer primary key,
  id text not null unique,
  distribution integer not null,
  message integer not null,
  at integer not null,
  sign text,
  by_proxy integer not null,
  visitor text not null
) strict;
create index open_of_message on open (distribution, visitor, message);

create table open_sum (
  distribution integer not null,
  visitor text not null,
  opens integer not null,
  recipients integer not null,
  by_proxy integer not null,
  primary key (distribution, visitor)
) strict, without rowid;
`;
