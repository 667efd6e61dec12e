/** Whom each campaign reached by which of its two channels: made anew from its messages when it is asked for. */
export const reachByWay = `
drop table reach;
create table reach (
  ws integer not null,
  distribution integer not null,
  -- 1: whom it reached by the channel that it falls back to.
  second integer not null,
  -- A carrier's seq, 0: none known; -1: everybody, whatever their carrier.
  carrier integer not null,
  -- Its messages as they were when it was made.
  ver integer not null,
  at integer not null,
  -- The contact that the first bit stands for, a multiple of eight.
  first integer not null,
  -- One bit a contact, packed by deflate.
  bits blob not null,
  primary key (ws, distribution, second, carrier)
) strict, without rowid;
`;
