-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.PledgeService/ListVersions
-- permission: pledge.read
-- tx: read
-- into: versions
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
 WHERE v.authority_id = app_authority() AND v.pledge_id = :parent/pledges::text
   AND v.version_number > (SELECT page_after_number(:page_token::text, 'versions'))
 ORDER BY v.version_number
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT v.version_number::text
      FROM version AS v
     WHERE v.authority_id = app_authority() AND v.pledge_id = :parent/pledges::text
       AND v.version_number > (SELECT page_after_number(:page_token::text, 'versions'))
     ORDER BY v.version_number
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'versions') AS "next_page_token"
  FROM pledge AS p
 WHERE p.authority_id = app_authority() AND p.pledge_id = :parent/pledges::text;
