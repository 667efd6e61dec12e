/** Generations of text messages whose call never told how long they were: found out when they are resolved. */
export const unmeasured = `
create table unmeasured (
  ws integer not null,
  distribution integer not null,
  n integer not null,
  gen integer not null,
  -- The text that it carried, and whether it went by the second way.
  edition integer not null,
  second integer not null,
  -- Until then its call may end and tell.
  due_at integer not null,
  primary key (ws, distribution, n, gen)
) strict, without rowid;
`;
