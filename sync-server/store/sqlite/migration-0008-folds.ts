/** Counts over time that are old: by the hour, and after that by the day. */
export const folds = `
create table bucket_fold (
  ws integer not null,
  distribution integer not null,
  -- Length of the span: an hour or a day, in milliseconds.
  span integer not null,
  at integer not null,
  state integer not null,
  n integer not null,
  primary key (ws, distribution, span, at, state)
) strict, without rowid;
create index bucket_fold_old on bucket_fold (span, at);

create table mark_fold (
  ws integer not null,
  distribution integer not null,
  span integer not null,
  at integer not null,
  mark text not null,
  n integer not null,
  primary key (ws, distribution, span, at, mark)
) strict, without rowid;
create index mark_fold_old on mark_fold (span, at);

create index bucket_old on bucket (minute);
create index mark_bucket_old on mark_bucket (minute);
`;
