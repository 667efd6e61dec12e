/** How far the warm-up of each sender has come. */
export const warmUp = `
create table sender_warmth (
  workspace text not null,
  sender text not null,
  -- Doublings so far.
  level integer not null,
  -- The first message of the running day.
  day_at integer,
  -- Messages of that day, those included that were claimed when it was written.
  used integer not null,
  set_backs integer not null,
  primary key (workspace, sender)
) strict, without rowid;
`;
