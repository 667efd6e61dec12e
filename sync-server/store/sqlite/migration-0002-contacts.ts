/** Contacts, what they allow, lists, addresses not to be used, and imports. */
export const contacts = `
-- seq is the short key that messages refer to, never given twice: what was said of a deleted
-- contact must not be said of the next one. city_key and search_key are texts as they are
-- compared: without case in every script, which SQLite's own lower() cannot do.
create table contact (
  seq integer primary key autoincrement,
  workspace text not null,
  id text not null,
  email text,
  phone text,
  first_name text not null,
  last_name text not null,
  country text not null,
  city text not null,
  city_key text not null default '',
  search_key text not null default '',
  time_zone text not null,
  fields text not null,
  created_at integer not null,
  updated_at integer not null
) strict;
create unique index contact_id on contact (workspace, id);
create unique index contact_email on contact (workspace, email) where email is not null;
create index contact_phone on contact (workspace, phone) where phone is not null;
create index contact_place on contact (workspace, country, city_key);

-- What holds now; every change is in consent_log.
create table consent (
  workspace text not null,
  contact integer not null,
  channel text not null,
  granted integer not null,
  at integer not null,
  source text not null,
  primary key (workspace, contact, channel)
) strict, without rowid;

create table consent_log (
  seq integer primary key,
  workspace text not null,
  contact integer not null,
  channel text not null,
  granted integer not null,
  at integer not null,
  source text not null,
  recorded_at integer not null
) strict;
create index consent_log_contact on consent_log (workspace, contact);

create table list_member (
  workspace text not null,
  list text not null,
  contact integer not null,
  primary key (workspace, list, contact)
) strict, without rowid;

-- kind: email or phone; until: null for ever.
create table suppression (
  workspace text not null,
  kind text not null,
  address text not null,
  reason text not null,
  at integer not null,
  until integer,
  primary key (workspace, kind, address)
) strict, without rowid;

-- What an import did so far, in the same transactions as its rows; heading: the file's columns.
create table import_run (
  workspace text not null,
  import text not null,
  heading text not null,
  created integer not null default 0,
  updated integer not null default 0,
  primary key (workspace, import)
) strict, without rowid;

-- row: the cells as a JSON array.
create table import_reject (
  workspace text not null,
  import text not null,
  line integer not null,
  reason text not null,
  field text not null,
  row text not null,
  primary key (workspace, import, line)
) strict, without rowid;
`;
