/** Contacts that were added at the stand, and the proof of what was said there. */
export const signUps = `
-- Rises with every change of the contact: whoever read it notices.
alter table contact add column rev integer not null default 1;

-- Which contact a device means by the id that it made: an address that was known already has another.
create table sign_up (
  workspace text not null,
  id text not null,
  contact integer not null,
  by text not null,
  client text not null,
  at integer not null,
  primary key (workspace, id)
) strict, without rowid;
create index sign_up_contact on sign_up (workspace, contact);

-- at: when it was said, by the server's clock as well as the device could tell; wall: what the
-- device's clock showed; trusted: whether that clock was compared within a day. words: the text
-- that was agreed to. state: counts, or (a consent that may come too late) review, accepted, declined.
create table consent_evidence (
  seq integer primary key,
  workspace text not null,
  id text not null,
  contact integer not null,
  channel text not null,
  granted integer not null,
  at integer not null,
  wall integer not null,
  trusted integer not null,
  heard_at integer not null,
  source text not null,
  text_version integer,
  words text,
  how text,
  signature text,
  client text not null,
  by text not null,
  state text not null,
  why text,
  decided_by text,
  decided_at integer
) strict;
create unique index consent_evidence_id on consent_evidence (workspace, id, channel);
create index consent_evidence_contact on consent_evidence (workspace, contact, seq);
create index consent_evidence_client on consent_evidence (workspace, client, at);
create index consent_evidence_review on consent_evidence (workspace, seq) where state = 'review';
`;
