-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.StrategyService/ListStrategies
-- permission: strategy.read
-- tx: read
-- into: strategies
SELECT name, kind, title, summary, owner, owner_display_name, runs_from, runs_to, review_due_on,
       review_state, days_over, reviewed_on, outcome, review_count, statements, carried_statements,
       create_time, update_time, etag
  FROM strategy_standing((SELECT as_at_day(:as_at::date)), coalesce(:known_on::date, '9999-12-31'))
 WHERE (review_state = :review::text OR :review::text = '')
   AND (review_state <> 'due'
        OR review_due_on <= (SELECT review_horizon(as_at_day(:as_at::date), :within_days::int4)))
   AND (:statement/pledges::text = '' OR strategy_id IN (
        SELECT c.strategy_id FROM strategy_carries AS c
         WHERE c.authority_id = app_authority() AND c.pledge_id = :statement/pledges::text
           AND c.version_number = version_number(:statement/pledges/versions::text)
           AND c.statement_id = :statement/pledges/versions/statements::text))
   AND place COLLATE "C" > (SELECT page_after(:page_token::text, 'strategies'))
 ORDER BY place COLLATE "C"
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT place COLLATE "C"
      FROM strategy_standing((SELECT as_at_day(:as_at::date)), coalesce(:known_on::date, '9999-12-31'))
     WHERE (review_state = :review::text OR :review::text = '')
       AND (review_state <> 'due' OR review_due_on <= h.due_on)
       AND (:statement/pledges::text = '' OR strategy_id IN (
            SELECT c.strategy_id FROM strategy_carries AS c
             WHERE c.authority_id = app_authority() AND c.pledge_id = :statement/pledges::text
               AND c.version_number = version_number(:statement/pledges/versions::text)
               AND c.statement_id = :statement/pledges/versions/statements::text))
       AND place COLLATE "C" > (SELECT page_after(:page_token::text, 'strategies'))
     ORDER BY place COLLATE "C"
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'strategies', :page_token::text) AS next_page_token
  FROM review_horizon(as_at_day(:as_at::date), :within_days::int4) AS h (due_on);
