/** Which text a message carries, where its campaign was edited after its launch. */
export const textCarried = `
-- As it last went out. What never had but one text carries the first; 0: it went out before this
-- was noted, and its campaign had been edited.
alter table message add column edition integer not null default 1;
update message set edition = 0 where (ws, distribution) in
  (select ws, seq from distribution where edition > 1);
create index message_edition on message (ws, distribution, edition, n) where edition > 1;
`;
