/** Reports that come by themselves, and alerts; a notice may be for one person, in words of its own. */
export const subscriptions = `
create table report_subscription (
  workspace text not null,
  user text not null,
  id text not null,
  doc text not null,
  next_at integer not null,
  primary key (workspace, user, id)
) strict, without rowid;
create index report_subscription_due on report_subscription (next_at);

create table alert (
  workspace text not null,
  user text not null,
  id text not null,
  doc text not null,
  made_at integer not null,
  primary key (workspace, user, id)
) strict, without rowid;

-- Campaigns that were told of for an alert.
create table alert_told (
  workspace text not null,
  alert text not null,
  campaign text not null,
  primary key (workspace, alert, campaign)
) strict, without rowid;

-- How far the feed of counters was looked at, where a workspace has alerts.
create table alert_seen (
  workspace text primary key,
  ver integer not null
) strict, without rowid;

-- Whose notice it is; '': of everybody whom it concerns. said: its own title and text as JSON.
alter table notice add column user text not null default '';
alter table notice add column said text not null default '';
`;
