/** Reports as they were given out, by the name that says their digits. */
export const snapshots = `
create table report_snapshot (
  workspace text not null,
  campaign text not null,
  id text not null,
  -- When it was given out first.
  at integer not null,
  -- Its counters (KeptReport).
  doc text not null,
  primary key (workspace, campaign, id)
) strict, without rowid;
`;
