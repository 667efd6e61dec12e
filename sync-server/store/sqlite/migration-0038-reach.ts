/** Whom each campaign reached, so that they are counted over many without their messages. */
export const reach = `
create table reach (
  ws integer not null,
  distribution integer not null,
  -- A carrier's seq, 0: none known; -1: everybody, whatever their carrier.
  carrier integer not null,
  -- Its messages as they were when it was made.
  ver integer not null,
  at integer not null,
  -- The contact that the first bit stands for, a multiple of eight.
  first integer not null,
  -- One bit a contact, packed by deflate.
  bits blob not null,
  primary key (ws, distribution, carrier)
) strict, without rowid;
`;
