/** What was spent, by campaign and by month, and how much may be: see domain/limits/budget.ts. */
export const spend = `
-- What was charged for (billed), in millionths of the price's currency: addresses may differ in price.
alter table distribution add column billed_micros integer not null default 0;
update distribution set billed_micros =
    billed * cast(round(json_extract(price, '$.perUnit') * 1000000) as integer)
  where price is not null;

-- The month (12 * year + month - 1) against which the present generation counts, as it is charged
-- for or was decided under a budget and may still be; null: it does not, or is from before.
alter table message add column month integer;
-- The same of an earlier generation.
alter table charge add column month integer;

-- Sums of the messages' segments by that month.
create table spend (
  ws integer not null,
  distribution integer not null,
  month integer not null,
  units integer not null,
  micros integer not null,
  primary key (ws, distribution, month)
) strict, without rowid;

-- Sums of them over the workspace's campaigns that write to people; currency '': no price.
create table month_spend (
  ws integer not null,
  month integer not null,
  channel text not null,
  currency text not null,
  units integer not null,
  micros integer not null,
  primary key (ws, month, channel, currency)
) strict, without rowid;

-- As JSON.
create table budget (
  workspace text primary key,
  doc text not null
) strict, without rowid;

-- Of which part of which limit people were told.
create table budget_told (
  ws integer not null,
  month integer not null,
  what text not null,
  percent integer not null,
  at integer not null,
  primary key (ws, month, what, percent)
) strict, without rowid;
`;
