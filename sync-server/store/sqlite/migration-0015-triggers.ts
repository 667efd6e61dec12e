/** What happens for people elsewhere, and who entered which campaign for it. */
export const triggers = `
-- Of a live campaign that waits for an event: the event's name.
alter table document add column awaits text;
create index document_awaits on document (workspace, awaits) where awaits is not null;

-- Events by the id that their sender gave: one is taken once, however often it is told.
create table happening (
  workspace text not null,
  id text not null,
  name text not null,
  contact integer not null,
  at integer not null,
  properties text not null,
  -- Ids of the campaigns that the contact entered for it, as JSON.
  entered text not null,
  heard_at integer not null,
  primary key (workspace, id)
) strict, without rowid;
create index happening_heard on happening (heard_at);
create index happening_contact on happening (workspace, contact);

-- Who entered a distribution, when last and how often.
create table entry (
  ws integer not null,
  distribution integer not null,
  contact integer not null,
  at integer not null,
  n integer not null,
  primary key (ws, distribution, contact)
) strict, without rowid;
`;
