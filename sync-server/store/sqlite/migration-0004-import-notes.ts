/** What was not understood of rows that an import took: counts, as JSON. */
export const importNotes = `
alter table import_run add column notes text not null default '{}';
`;
