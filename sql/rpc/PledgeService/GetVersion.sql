-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.PledgeService/GetVersion
-- permission: pledge.read
-- tx: read
-- into: version
SELECT 'authorities/' || v.authority_id || '/pledges/' || v.pledge_id || '/versions/'
           || v.version_number AS "name",
       v.version_number AS "number",
       v.title AS "title",
       v.note AS "note",
       v.state AS "state",
       v.adopted_on AS "adopted_on",
       coalesce('authorities/' || v.authority_id || '/bodies/' || v.adopted_by, '')
           AS "adopted_by",
       v.content_hash AS "content_hash",
       (SELECT count(*) FROM outcome AS o
         WHERE o.authority_id = v.authority_id AND o.pledge_id = v.pledge_id
           AND o.version_number = v.version_number)::int4 AS "outcome_count",
       (SELECT count(*) FROM statement AS s
         WHERE s.authority_id = v.authority_id AND s.pledge_id = v.pledge_id
           AND s.version_number = v.version_number)::int4 AS "statement_count",
       v.create_time AS "create_time",
       v.update_time AS "update_time",
       etag(v.revision) AS "etag"
  FROM version AS v
 WHERE v.authority_id = app_authority() AND v.pledge_id = :name/pledges::text
   AND v.version_number = version_number(:name/pledges/versions::text);
-- into: version.outcomes
SELECT o.outcome_id AS "outcome_id",
       o.title AS "title"
  FROM outcome AS o
 WHERE o.authority_id = app_authority() AND o.pledge_id = :name/pledges::text
   AND o.version_number = version_number(:name/pledges/versions::text)
 ORDER BY o.position;
-- into: version.statements
SELECT 'authorities/' || s.authority_id || '/pledges/' || s.pledge_id || '/versions/'
           || s.version_number || '/statements/' || s.statement_id AS "name",
       s.statement_id AS "statement_id",
       s.outcome_id AS "outcome_id",
       s.title AS "title",
       s.text AS "text",
       s.easy_read AS "easy_read",
       s.audience AS "audience"
  FROM statement AS s
 WHERE s.authority_id = app_authority() AND s.pledge_id = :name/pledges::text
   AND s.version_number = version_number(:name/pledges/versions::text)
 ORDER BY s.position;
-- into: version.lineage
SELECT coalesce(l.from_statement_id, '') AS "from_statement_id",
       coalesce(l.to_statement_id, '') AS "to_statement_id",
       l.change AS "change",
       l.reason AS "reason"
  FROM lineage AS l
 WHERE l.authority_id = app_authority() AND l.pledge_id = :name/pledges::text
   AND l.version_number = version_number(:name/pledges/versions::text)
 ORDER BY l.position;
