-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.PledgeService/CompareVersions
-- permission: pledge.read
-- tx: read
-- into: .
SELECT compare_base(:name/pledges::text, version_number(:name/pledges/versions::text),
                    :base_version::int4) AS base_version,
       version_number(:name/pledges/versions::text) AS version;
-- into: changes
SELECT change, from_statement_id, from_text, to_statement_id, to_text, reason,
       coalesce(w.kinds, '{}') AS "words.change", coalesce(w.texts, '{}') AS "words.text"
  FROM compare_versions(
           :name/pledges::text,
           compare_base(:name/pledges::text, version_number(:name/pledges/versions::text),
                        :base_version::int4),
           version_number(:name/pledges/versions::text))
  LEFT JOIN LATERAL word_changes(from_text, to_text) AS w ON change = 'reworded'
 ORDER BY place;
