/** Workspaces, documents with their feeds, clients with their verdicts, access. */
export const core = `
create table meta (
  key text primary key,
  value text not null
) strict, without rowid;

create table workspace (
  seq integer primary key,
  id text not null unique,
  created_at integer not null
) strict;

-- One row a feed: the head is raised last in a transaction, so versions have no gaps.
create table feed (
  workspace text not null,
  feed text not null,
  head integer not null,
  floor integer not null default 0,
  primary key (workspace, feed)
) strict, without rowid;

-- One row a document, living or dead; ver is its place in the feed. phase and due_at are
-- copied out of campaigns for the engine.
create table document (
  workspace text not null,
  kind text not null,
  id text not null,
  feed text not null,
  ver integer not null,
  rev integer not null,
  dead integer not null default 0,
  doc text,
  phase text,
  due_at integer,
  at integer not null,
  primary key (workspace, kind, id)
) strict, without rowid;
create unique index document_feed on document (workspace, feed, ver);
create index document_work on document (phase, due_at) where phase in ('scheduled', 'preparing', 'active', 'settling');

-- What a deletion took off the lists, kept for audit and for bringing it back.
create table deleted_document (
  workspace text not null,
  kind text not null,
  id text not null,
  doc text not null,
  at integer not null,
  primary key (workspace, kind, id)
) strict, without rowid;

create table client (
  workspace text not null,
  client text not null,
  user text not null,
  lmid integer not null,
  instance text not null,
  schema integer not null,
  seen_at integer not null,
  primary key (workspace, client)
) strict, without rowid;

create table verdict (
  workspace text not null,
  client text not null,
  mid integer not null,
  uid text not null,
  outcome text not null,
  subject text,
  verdict text not null,
  at integer not null,
  primary key (workspace, client, mid)
) strict, without rowid;
create unique index verdict_uid on verdict (workspace, uid);
create index verdict_refused on verdict (workspace, client, subject) where outcome = 'rejected';

create table activity (
  workspace text not null,
  seq integer not null,
  campaign text,
  event text not null,
  by text,
  at integer not null,
  detail text not null,
  primary key (workspace, seq)
) strict, without rowid;
create index activity_campaign on activity (workspace, campaign, at) where campaign is not null;

create table membership (
  user text not null,
  workspace text not null,
  role text not null,
  name text not null,
  email text not null,
  primary key (user, workspace)
) strict, without rowid;
create index membership_workspace on membership (workspace);

create table api_key (
  workspace text not null,
  id text not null,
  name text not null,
  role text not null,
  hash text not null unique,
  created_at integer not null,
  last_used_at integer,
  revoked_at integer,
  primary key (workspace, id)
) strict, without rowid;

create table answer (
  workspace text not null,
  key text not null,
  request text not null,
  status integer not null,
  body text not null,
  at integer not null,
  primary key (workspace, key)
) strict, without rowid;
`;
