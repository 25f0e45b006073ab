-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.VisitService/ListFindings
-- permission: visit.read
-- tx: read
-- audit: read
-- into: findings
SELECT name, kind, text, statement, follow_up_due_on, words, state, follow_up, days_over, answer,
       answered_on, done_on, answer_count, provider, visited_on, owner, owner_display_name
  FROM visit_findings((SELECT as_at_day(:as_at::date)), coalesce(:known_on::date, '9999-12-31'))
 WHERE (follow_up = :follow_up::text OR :follow_up::text = '')
   AND (state = :state::text OR :state::text = '')
   AND (:statement/pledges::text = '' OR statement IN (
        SELECT o.statement FROM statement_origins(:statement/pledges::text,
            version_number(:statement/pledges/versions::text),
            :statement/pledges/versions/statements::text) AS o))
   AND place COLLATE "C" > (SELECT page_after(:page_token::text, 'findings'))
 ORDER BY place COLLATE "C"
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT place COLLATE "C"
      FROM visit_findings((SELECT as_at_day(:as_at::date)), coalesce(:known_on::date, '9999-12-31'))
     WHERE (follow_up = :follow_up::text OR :follow_up::text = '')
       AND (state = :state::text OR :state::text = '')
       AND (:statement/pledges::text = '' OR statement IN (
            SELECT o.statement FROM statement_origins(:statement/pledges::text,
                version_number(:statement/pledges/versions::text),
                :statement/pledges/versions/statements::text) AS o))
       AND place COLLATE "C" > (SELECT page_after(:page_token::text, 'findings'))
     ORDER BY place COLLATE "C"
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'findings', :page_token::text) AS next_page_token;
