-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.BriefingService/GetBriefingCoverage
-- permission: briefing.read
-- tx: read
-- into: coverage
SELECT 'authorities/' || b.authority_id || '/bodies/' || b.body_id AS body,
       b.display_name AS body_display_name, coalesce(sum(c.member_count), 0)::int4 AS member_count,
       coalesce(sum(c.covered_count), 0)::int4 AS covered_count
  FROM body AS b
  LEFT JOIN briefing_coverage(:name/bodies::text, :kind::text, :from_on::date, (SELECT as_at_day(:as_at::date)),
                         coalesce(:known_on::date, '9999-12-31')) AS c ON true
 WHERE b.authority_id = app_authority() AND b.body_id = :name/bodies::text
 GROUP BY b.authority_id, b.body_id;
-- into: coverage.parties
SELECT party, member_count, covered_count, not_covered
  FROM briefing_coverage(:name/bodies::text, :kind::text, :from_on::date, (SELECT as_at_day(:as_at::date)),
                         coalesce(:known_on::date, '9999-12-31'));
