/** Mail domains that put messages off, so that a restart leaves them in peace, too. */
export const domainRests = `
create table domain_rest (
  workspace text not null,
  account text not null,
  domain text not null,
  -- How often in a row it put messages off.
  asked integer not null,
  until integer not null,
  -- Messages a second before it did.
  achieved real not null,
  primary key (workspace, account, domain)
) strict, without rowid;
`;
