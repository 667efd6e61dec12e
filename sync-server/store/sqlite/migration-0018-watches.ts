/** Campaigns that wait for a date of their contacts, or for who comes into their audience; what events told. */
export const watches = `
-- Contacts that changed, by a rising number, while some campaign of the workspace watches them:
-- each campaign knows up to where it heard. Written by triggers, whatever changes a contact.
create table contact_change (
  seq integer primary key autoincrement,
  workspace text not null,
  contact integer not null,
  unique (workspace, contact)
) strict;
create index contact_change_heard on contact_change (workspace, seq);

-- A distribution that watches contacts. next_day: the first day of firing that is not over with
-- (days since 1970), cursor: the last contact that was looked at for it, or in a sweep.
-- due_at: when to go on with it; null: only contacts that change matter.
create table watch (
  distribution integer primary key,
  ws integer not null,
  workspace text not null,
  kind text not null,
  heard integer not null,
  since integer not null,
  next_day integer,
  cursor integer not null default 0,
  due_at integer
) strict;
create index watch_workspace on watch (workspace);

-- Of a date: when each contact has it, month_day as 100 * month + day, day since 1970 or null
-- without a year. Of an audience: who is in it.
create table watched (
  ws integer not null,
  distribution integer not null,
  contact integer not null,
  month_day integer,
  day integer,
  primary key (ws, distribution, contact)
) strict, without rowid;
create index watched_month_day on watched (ws, distribution, month_day, contact) where month_day is not null;
create index watched_day on watched (ws, distribution, day, contact) where day is not null;

-- Dates that came for contacts: each is decided once, whether it was written or left out.
create table occasion (
  ws integer not null,
  distribution integer not null,
  contact integer not null,
  day integer not null,
  at integer not null,
  primary key (ws, distribution, contact, day)
) strict, without rowid;

-- What the event told for which a message was made, as JSON.
create table message_event (
  ws integer not null,
  distribution integer not null,
  n integer not null,
  properties text not null,
  primary key (ws, distribution, n)
) strict, without rowid;

-- Events before had names only.
alter table happening add column kind text not null default 'event';

${["insert", "update", "delete"].map((what) => noticing("contact", what, what === "delete" ? "old.seq" : "new.seq")).join("\n")}
${["insert", "update", "delete"].map((what) => noticing("consent", what, what === "delete" ? "old.contact" : "new.contact")).join("\n")}
${["insert", "delete"].map((what) => noticing("list_member", what, what === "delete" ? "old.contact" : "new.contact")).join("\n")}
`;

/** Nothing but one look into an index where nobody watches. */
function noticing(table: string, what: string, contact: string): string {
  const row = what === "delete" ? "old" : "new";
  return `create trigger ${table}_${what}_watched after ${what} on ${table}
when exists (select 1 from document where workspace = ${row}.workspace and awaits in (':date', ':entry'))
begin
  delete from contact_change where workspace = ${row}.workspace and contact = ${contact};
  insert into contact_change (workspace, contact) values (${row}.workspace, ${contact});
end;`;
}
