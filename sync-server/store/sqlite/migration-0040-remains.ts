/** What stays of campaigns that were deleted before it was kept: what their texts were like is not known any more. */
export const remains = `
insert into document (workspace, kind, id, feed, ver, rev, doc, at)
select d.workspace, 'deletedCampaign', d.id, 'team',
    f.head + row_number() over (partition by d.workspace order by d.at, d.id), 1,
    json_object(
      'id', d.id,
      'number', json_extract(d.doc, '$.number'),
      'name', json_extract(d.doc, '$.name'),
      'type', json_extract(d.doc, '$.type'),
      'phase', json_extract(d.doc, '$.phase'),
      'accountId', json_extract(d.doc, '$.accountId'),
      'launchedAt', json_extract(d.doc, '$.launchedAt'),
      'startedAt', json_extract(d.doc, '$.startedAt'),
      'kind', case
        when json_extract(d.doc, '$.trigger') is not null then 'triggered'
        when json_extract(d.doc, '$.firing') is not null
          or json_extract(d.doc, '$.schedule.repeat') is not null then 'run'
        else 'once' end,
      'deletedAt', d.at),
    d.at
  from deleted_document d join feed f on f.workspace = d.workspace and f.feed = 'team'
 where d.kind = 'campaign' and json_extract(d.doc, '$.launchedAt') is not null
   and not exists (select 1 from document c where c.workspace = d.workspace
     and c.kind = 'campaign' and c.id = d.id and c.dead = 0);

update feed set head = head + (select count(*) from document d
    where d.workspace = feed.workspace and d.kind = 'deletedCampaign')
  where feed = 'team';
`;
