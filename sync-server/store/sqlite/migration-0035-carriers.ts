/** Which carrier and country a message goes to, and the counters by them. */
export const carriers = `
-- Names as number ranges and receipts have them; '': nobody knows. 0 stands for neither known.
create table carrier (
  seq integer primary key,
  ws integer not null,
  country text not null,
  name text not null collate nocase,
  unique (ws, country, name)
) strict;

-- Only where its distribution counts by carrier, else 0.
alter table message add column carrier integer not null default 0;
-- 1: its messages go to phone numbers, and their carriers are counted. Those from before are not.
alter table distribution add column by_carrier integer not null default 0;

-- The tally by carrier, as JSON {carrier: [messages, segments]}. What is in flight counts as
-- queued, and what is queued has no reason: a claim changes nothing here.
create table carrier_tally (
  ws integer not null,
  distribution integer not null,
  state integer not null,
  reason integer not null,
  counts text not null,
  primary key (ws, distribution, state, reason)
) strict, without rowid;

-- How many messages the units of a month are.
alter table spend add column messages integer not null default 0;
update spend set messages =
    (select count(*) from message m where m.ws = spend.ws and m.distribution = spend.distribution
      and m.month = spend.month)
  + (select count(*) from charge c where c.ws = spend.ws and c.distribution = spend.distribution
      and c.month = spend.month);
`;
