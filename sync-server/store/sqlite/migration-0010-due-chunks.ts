/** Since when a chunk may be claimed; the first are claimed first. 0: since it was frozen. */
export const dueChunks = `
alter table chunk add column due_at integer not null default 0;
drop index chunk_fresh;
create index chunk_fresh on chunk (ws, distribution, due_at, k) where next <= last;
`;
