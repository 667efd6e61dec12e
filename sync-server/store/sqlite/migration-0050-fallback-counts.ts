/** What went by the second channel is counted by reason, over time, by mark and by month, as all of a campaign is. */
export const fallbackCounts = `
drop table fallback_tally;
create table fallback_tally (
  ws integer not null,
  distribution integer not null,
  state integer not null,
  reason integer not null,
  n integer not null,
  segments integer not null,
  primary key (ws, distribution, state, reason)
) strict, without rowid;
insert into fallback_tally
  select s.ws, s.distribution, s.state_now, s.reason, count(*), sum(s.segments)
    from fallen f join standing s on s.ws = f.ws and s.distribution = f.distribution and s.n = f.n
   where f.returned = 0 and s.gen >= f.gen group by 1, 2, 3, 4;

-- Of the buckets and marks: what of them is of the second channel. span: 0 as short as they are
-- noted, or an hour or a day in milliseconds. what: the number of a state, or a mark.
create table fallback_bucket (
  ws integer not null,
  distribution integer not null,
  span integer not null,
  at integer not null,
  what text not null,
  n integer not null,
  primary key (ws, distribution, span, at, what)
) strict, without rowid;
create index fallback_bucket_old on fallback_bucket (span, at);
-- Of what went before, the last that happened is known of each.
insert into fallback_bucket
  select s.ws, s.distribution, 0, s.at / 60000 * 60000, e.what, count(*)
    from fallen f join standing s on s.ws = f.ws and s.distribution = f.distribution and s.n = f.n
      join (select 3 as state, '3' as what union all select 4, '3' union all select 4, '4'
        union all select 5, '3' union all select 5, '5'
        union all select 6, '6' union all select 7, '7'
        union all select 8, '8'
        union all select 9, '3' union all select 9, '9'
        union all select 10, '3' union all select 10, '10'
        union all select 11, '3' union all select 11, '10' union all select 11, '11') e
        on e.state = s.state_now
   where f.returned = 0 and s.gen >= f.gen group by 1, 2, 4, 5;
insert into fallback_bucket
  select f.ws, f.distribution, 0, k.at / 60000 * 60000, k.mark, count(*)
    from fallen f join message_mark k on k.ws = f.ws and k.distribution = f.distribution and k.n = f.n
    join message m on m.ws = f.ws and m.distribution = f.distribution and m.n = f.n
   where f.returned = 0 and m.gen >= f.gen group by 1, 2, 4, 5;

alter table fallback_spend add column messages integer not null default 0;
update fallback_spend set messages = (select count(*) from fallen f
  join message m on m.ws = f.ws and m.distribution = f.distribution and m.n = f.n
   where f.ws = fallback_spend.ws and f.distribution = fallback_spend.distribution
     and m.gen >= f.gen and m.month = fallback_spend.month);
`;
