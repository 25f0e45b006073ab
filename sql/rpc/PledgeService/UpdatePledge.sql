-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.PledgeService/UpdatePledge
-- permission: pledge.write
-- tx: write
SELECT pledge_update(:pledge.name/pledges::text, :pledge.title::text,
                     :pledge.audience::text, :pledge.etag::text, :update_mask.paths::text[]);
-- into: pledge
SELECT 'authorities/' || p.authority_id || '/pledges/' || p.pledge_id AS "name",
       p.title AS "title",
       p.audience AS "audience",
       coalesce((SELECT max(v.version_number) FROM version AS v
                  WHERE v.authority_id = p.authority_id AND v.pledge_id = p.pledge_id
                    AND v.state = 'adopted'), 0) AS "current_version",
       p.create_time AS "create_time",
       p.update_time AS "update_time",
       etag(p.revision) AS "etag"
  FROM pledge AS p
 WHERE p.authority_id = app_authority() AND p.pledge_id = :pledge.name/pledges::text;
