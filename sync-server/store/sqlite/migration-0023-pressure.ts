/** Frequency caps count each message: whoever enters the same campaign again gets one more. */
export const pressureByMessage = `
create table pressure_by_message (
  ws integer not null,
  contact integer not null,
  channel text not null,
  distribution integer not null,
  n integer not null,
  at integer not null,
  primary key (ws, contact, channel, distribution, n)
) strict, without rowid;
insert into pressure_by_message (ws, contact, channel, distribution, n, at)
  select p.ws, p.contact, p.channel, p.distribution, max(m.n), p.at
    from pressure p join message m on m.ws = p.ws and m.distribution = p.distribution and m.contact = p.contact
   group by p.ws, p.contact, p.channel, p.distribution;
drop table pressure;
alter table pressure_by_message rename to pressure;
`;
