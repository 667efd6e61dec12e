/** Timers by the way that their message goes, so that none reads through those of the other one. */
export const timerWays = `
-- 0: the campaign's own way, 1: the second one.
alter table timer add column way integer not null default 0;
update timer set way = 1 where exists (select 1 from fallen f
  where f.ws = timer.ws and f.distribution = timer.distribution and f.n = timer.n);
drop index timer_due;
create index timer_due on timer (ws, distribution, way, at);
`;
