-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.PledgeService/GetVersionContent
-- permission: pledge.read
-- tx: read
-- into: .
SELECT c.content,
       CASE v.state WHEN 'adopted' THEN v.content_hash
                    ELSE encode(sha256(c.content), 'hex') END AS content_hash
  FROM version AS v
 CROSS JOIN LATERAL version_content(v.pledge_id, v.version_number) AS c (content)
 WHERE v.authority_id = app_authority() AND v.pledge_id = :name/pledges::text
   AND v.version_number = version_number(:name/pledges/versions::text);
