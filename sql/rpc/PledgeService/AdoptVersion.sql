-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.PledgeService/AdoptVersion
-- permission: pledge.adopt
-- tx: write
SELECT version_adopt(:name/pledges::text, :name/pledges/versions::text, :etag::text,
                     :adopted_on::date, :adopted_by/bodies::text);
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
