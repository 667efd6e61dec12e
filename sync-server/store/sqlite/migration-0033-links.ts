/** Tracked links, their clicks, and the sums that reports read. */
export const links = `
-- Frozen at the launch: whether its links are tracked.
alter table distribution add column tracks_links integer not null default 0;
-- How long its short links are; 0: it has none yet.
alter table distribution add column link_length integer not null default 0;

-- n stays with its address and place, whatever is edited.
create table link (
  distribution integer not null,
  n integer not null,
  url text not null,
  place integer not null,
  name text not null,
  primary key (distribution, n),
  unique (distribution, url, place)
) strict, without rowid;

-- Every click, whoever made it. id: what a repeated write is known by.
-- visitor: null until it is judged, a second after it came. No address of who clicked is kept.
create table click (
  seq integer primary key,
  id text not null unique,
  distribution integer not null,
  message integer not null,
  link integer not null,
  at integer not null,
  device text not null,
  os text not null,
  country text not null,
  sign text,
  visitor text
) strict;
create index click_of_campaign on click (distribution, seq);
create index click_of_message on click (distribution, message, at);
create index click_unjudged on click (at) where visitor is null;

-- Who clicked a link before. link: 0 stands for any of the campaign.
create table click_first (
  distribution integer not null,
  link integer not null,
  visitor text not null,
  message integer not null,
  primary key (distribution, link, visitor, message)
) strict, without rowid;

create table click_sum (
  distribution integer not null,
  link integer not null,
  visitor text not null,
  what text not null,
  name text not null,
  clicks integer not null,
  recipients integer not null,
  first_at integer not null,
  last_at integer not null,
  primary key (distribution, link, visitor, what, name)
) strict, without rowid;
`;
