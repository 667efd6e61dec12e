/** Which browsers hold a workspace's data, and until when. */
export const devices = `
-- id: the client of its messages. session: the login session it was last seen with. instance, past:
-- the nonce that counts and the one before. reason: why it was revoked.
create table device (
  workspace text not null,
  id text not null,
  user text not null,
  name text not null,
  app text not null default '',
  session text,
  first_at integer not null,
  seen_at integer not null,
  lease_until integer not null,
  unsent integer not null default 0,
  instance text,
  past text,
  revoked_at integer,
  revoked_by text,
  reason text,
  told_at integer,
  primary key (workspace, id)
) strict, without rowid;
create index device_user on device (workspace, user);
create index device_revoked on device (id) where revoked_at is not null;
`;
