-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.PledgeService/CompareVersions
-- permission: pledge.read
-- tx: read
-- into: .
SELECT compare_base(:name/pledges::text, version_number(:name/pledges/versions::text),
                    :base_version::int4) AS "base_version",
       version_number(:name/pledges/versions::text) AS "version";
-- into: changes
SELECT c.change AS "change",
       c.from_statement_id AS "from_statement_id",
       c.from_text AS "from_text",
       c.to_statement_id AS "to_statement_id",
       c.to_text AS "to_text",
       c.reason AS "reason"
  FROM compare_versions(
           :name/pledges::text,
           compare_base(:name/pledges::text, version_number(:name/pledges/versions::text),
                        :base_version::int4),
           version_number(:name/pledges/versions::text)) AS c
 ORDER BY c.place;
