/** Where in a file the rows stand that were taken though not all of them was understood. */
export const notedRows = `
create table import_noted (
  workspace text not null,
  import text not null,
  line integer not null,
  note text not null,
  primary key (workspace, import, line, note)
) strict, without rowid;
`;
