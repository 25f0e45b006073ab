-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.StrategyService/RecordStrategyReview
-- permission: strategy.assess
-- tx: write
SELECT strategy_review_record(
    :parent/strategies::text, :review.reviewed_on::date, :review.outcome::text, :review.note::text,
    :review.next_due_on::date);
-- into: strategy
SELECT name, kind, title, summary, owner, owner_display_name, runs_from, runs_to, review_due_on,
       review_state, days_over, reviewed_on, outcome, review_count, statements, carried_statements,
       create_time, update_time, etag
  FROM strategy_standing(current_date, '9999-12-31')
 WHERE strategy_id = :parent/strategies::text;
