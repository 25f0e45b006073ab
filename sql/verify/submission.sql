-- SPDX-License-Identifier: Apache-2.0
-- Verify pledge:submission on pg
BEGIN;

SELECT 'pledge.received_day(text)'::regprocedure;
SELECT 'pledge.return_may_act(text, text)'::regprocedure;
SELECT 'pledge.return_window_check(pledge.round, text, date)'::regprocedure;
SELECT 'pledge.return_etag_check(pledge.owner_return, text)'::regprocedure;
SELECT 'pledge.return_attempt_add(text, text, int, text, text, text[], int)'::regprocedure;
SELECT 'pledge.return_attempt_refused(text, text, int, text, text, text[])'::regprocedure;
SELECT 'pledge.return_submit(text, text, text, text, text, text[], text[], text[], text[],'
    'text[], text[], text[], text[])'::regprocedure;
SELECT 'pledge.return_move_add(text, text, text, text, text)'::regprocedure;
SELECT 'pledge.return_draft_save(text, text, text, text, text[], text[], text[], text[],'
    'text[], text[], text[], text[])'::regprocedure;
SELECT authority_id, round_id, owner_id, position, commitment_id, rating, narrative, reason,
       measure_value, actual_on, evidence, confirmation
  FROM pledge.return_draft_line WHERE false;
SELECT authority_id, round_id, owner_id, name, owner, state, observed_to, update_time, etag
  FROM pledge.return_draft_resource WHERE false;
SELECT 'pledge.return_draft_problems(text, text)'::regprocedure;

ROLLBACK;
