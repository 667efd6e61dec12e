/** What providers charged for earlier sends of messages: so that what a campaign cost can be counted again. */
export const charges = `
-- units: segments (messages, on other channels) of a generation that was taken before the present
-- one. Of rows from before this table: n = 0, gen = 0, all of a distribution together.
create table charge (
  ws integer not null,
  distribution integer not null,
  n integer not null,
  gen integer not null,
  units integer not null,
  primary key (ws, distribution, n, gen)
) strict, without rowid;

-- States of whom a provider took: submitted, sent, unconfirmed, undelivered, delivered, read.
insert into charge (ws, distribution, n, gen, units)
  select d.ws, d.seq, 0, 0, d.billed - d.taken from (
    select ws, seq, billed, (select coalesce(sum(segments), 0) from message m where m.ws = d.ws
      and m.distribution = d.seq and m.state in (3, 4, 5, 9, 10, 11)) as taken
    from distribution d) d
  where d.billed <> d.taken;
`;
