/** Runs of a recurring campaign: series is its id, in the row of each run's document. */
export const series = `
alter table document add column series text;
create index document_series on document (workspace, series) where series is not null;
`;
