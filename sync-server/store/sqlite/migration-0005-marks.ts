/** Marks with their times and counts, and a count of what the table of transitions refused. */
export const marks = `
-- When a message got a mark. Only messages with marks are in here.
create table message_mark (
  ws integer not null,
  distribution integer not null,
  n integer not null,
  mark text not null,
  at integer not null,
  primary key (ws, distribution, n, mark)
) strict, without rowid;

-- Messages that got a mark in a minute.
create table mark_bucket (
  ws integer not null,
  distribution integer not null,
  mark text not null,
  minute integer not null,
  n integer not null,
  primary key (ws, distribution, mark, minute)
) strict, without rowid;

-- Moves that domain/message/transition refuses: each is a defect, or a provider that contradicts itself.
create table illegal_evidence (
  ws integer not null,
  distribution integer not null,
  from_state integer not null,
  to_state integer not null,
  cause text not null,
  n integer not null,
  last_at integer not null,
  primary key (ws, distribution, from_state, to_state, cause)
) strict, without rowid;

-- What was proven before marks were counted.
insert into message_mark (ws, distribution, n, mark, at)
  select ws, distribution, n, 'recovered', at from message where marks & 1;
insert into mark_bucket (ws, distribution, mark, minute, n)
  select ws, distribution, mark, at - at % 60000, count(*) from message_mark group by 1, 2, 3, 4;
`;
