/** When contacts visited a shop, as events said: events themselves are forgotten after a while. */
export const checkIns = `
create table check_in (
  workspace text not null,
  at integer not null,
  contact integer not null,
  primary key (workspace, at, contact)
) strict, without rowid;

insert into check_in (workspace, at, contact)
  select distinct workspace, min(at, heard_at), contact from happening
   where kind = 'event' and name = 'check_in';
`;
