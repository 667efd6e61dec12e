/**
 * Conditions of indexes without lists: for `state in (6, 8, 9)` SQLite fills a table of its own
 * with the list for every row that is written, twice where it changes. Moving a message cost
 * twice as much with it, and freezing one, too.
 */
export const plainConditions = `
drop index message_stopped;
create index message_stopped on message (ws, distribution, reason, n)
  where (state = 6 or state = 8 or state = 9);
drop index document_work;
create index document_work on document (phase, due_at)
  where (phase = 'scheduled' or phase = 'preparing' or phase = 'active' or phase = 'settling');
drop index telling_due;
create index telling_due on telling (due_at) where (state = 'queued' or state = 'sending');
`;
