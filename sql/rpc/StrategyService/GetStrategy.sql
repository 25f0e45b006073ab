-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.StrategyService/GetStrategy
-- permission: strategy.read
-- tx: read
-- into: strategy
SELECT name, kind, title, summary, owner, owner_display_name, runs_from, runs_to, review_due_on,
       review_state, days_over, reviewed_on, outcome, review_count, statements, carried_statements,
       create_time, update_time, etag
  FROM strategy_standing((SELECT as_at_day(:as_at::date)), coalesce(:known_on::date, '9999-12-31'))
 WHERE strategy_id = :name/strategies::text;
-- into: reviews
SELECT reviewed_on, outcome, note, next_due_on, recorded_at AS create_time
  FROM strategy_review
 WHERE authority_id = app_authority() AND strategy_id = :name/strategies::text
   AND reviewed_on <= (SELECT as_at_day(:as_at::date))
   AND recorded_at::date <= coalesce(:known_on::date, '9999-12-31')
 ORDER BY review DESC;
