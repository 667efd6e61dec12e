/** What a campaign said before it was edited, and who keeps hearing it. */
export const editions = `
alter table distribution add column edition integer not null default 1;

-- The texts of a distribution that was edited after its launch. One that never was has none here.
create table edition (
  ws integer not null,
  distribution integer not null,
  n integer not null,
  content text not null,
  since integer not null,
  primary key (ws, distribution, n)
) strict, without rowid;

-- Which text the key of a message's gen carries, where a repeat must say it again. Written when
-- the campaign is edited, so that nothing is written while it is sent; who is not in here has the
-- newest, or has come to an end.
create table said (
  ws integer not null,
  distribution integer not null,
  n integer not null,
  gen integer not null,
  edition integer not null,
  primary key (ws, distribution, n, gen)
) strict, without rowid;
`;
