/** Telling people outside of the app that the system stopped a campaign. */
export const notices = `
-- Written with what it is about, in one transaction. bundle: the first of those that are told
-- together; null: nobody was looked for yet.
create table notice (
  seq integer primary key,
  workspace text not null,
  campaign text not null,
  cause text not null,
  at integer not null,
  bundle integer
) strict;
create index notice_new on notice (seq) where bundle is null;
create index notice_bundle on notice (bundle) where bundle is not null;
create index notice_campaign on notice (workspace, campaign, cause, at);

-- One message to one person on one way. sending: it may have left.
create table telling (
  seq integer primary key,
  bundle integer not null,
  workspace text not null,
  user text not null,
  way text not null,
  device text not null default '',
  key text not null,
  state text not null default 'queued',
  tries integer not null default 0,
  due_at integer not null,
  boot text not null default '',
  why text not null default '',
  at integer not null,
  unique (bundle, user, way, device)
) strict;
create index telling_due on telling (due_at) where state in ('queued', 'sending');

create table notice_account (
  workspace text primary key,
  account text not null
) strict, without rowid;

create table notice_choice (
  workspace text not null,
  user text not null,
  email integer not null,
  push integer not null,
  primary key (workspace, user)
) strict, without rowid;

-- id is made of the address that the push service gave; sealed holds it with its keys.
create table notice_device (
  id text primary key,
  workspace text not null,
  user text not null,
  name text not null,
  sealed text not null,
  at integer not null
) strict, without rowid;
create index notice_device_user on notice_device (workspace, user);
`;
