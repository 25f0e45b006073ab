-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.StrategyService/CreateStrategy
-- permission: strategy.write
-- tx: write
SELECT strategy_create(
    :strategy_id::text, :strategy.kind::text, :strategy.title::text, :strategy.summary::text,
    :strategy.owner::text, :strategy.runs_from::date, :strategy.runs_to::date,
    :strategy.review_due_on::date, :strategy.statements/pledges::text[],
    :strategy.statements/pledges/versions::text[],
    :strategy.statements/pledges/versions/statements::text[]);
-- into: strategy
SELECT name, kind, title, summary, owner, owner_display_name, runs_from, runs_to, review_due_on,
       review_state, days_over, reviewed_on, outcome, review_count, statements, carried_statements,
       create_time, update_time, etag
  FROM strategy_standing(current_date, '9999-12-31')
 WHERE strategy_id = :strategy_id::text;
