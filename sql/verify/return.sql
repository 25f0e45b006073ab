-- SPDX-License-Identifier: Apache-2.0
-- Verify pledge:return on pg
BEGIN;

SELECT authority_id, round_id, owner_id, submission, received_on, content_hash, principal_id,
       recorded_at
  FROM pledge.return_submission WHERE false;
SELECT 1 / count(*) FROM pg_class
 WHERE oid = 'pledge.return_submission'::regclass AND relrowsecurity AND relforcerowsecurity;
SELECT 1 / (count(*) >= 1)::int FROM pg_policies
 WHERE schemaname = 'pledge' AND tablename = 'return_submission';
SELECT authority_id, round_id, owner_id, submission, commitment_id, position, rating, narrative,
       reason, measure_value, actual_on, evidence, confirmation,
       recorded_at
  FROM pledge.progress WHERE false;
SELECT 1 / count(*) FROM pg_class
 WHERE oid = 'pledge.progress'::regclass AND relrowsecurity AND relforcerowsecurity;
SELECT 1 / (count(*) >= 1)::int FROM pg_policies
 WHERE schemaname = 'pledge' AND tablename = 'progress';
SELECT authority_id, round_id, owner_id, submission, move, kind, query, principal_id, recorded_at
  FROM pledge.return_move WHERE false;
SELECT 1 / count(*) FROM pg_class
 WHERE oid = 'pledge.return_move'::regclass AND relrowsecurity AND relforcerowsecurity;
SELECT 1 / (count(*) >= 1)::int FROM pg_policies
 WHERE schemaname = 'pledge' AND tablename = 'return_move';
SELECT kind, from_states, by_owner FROM pledge.return_move_kind WHERE false;
SELECT authority_id, round_id, owner_id, submission, received_on, content_hash, recorded_at,
       state, query, etag, move, first_received_on
  FROM pledge.owner_return WHERE false;
SELECT authority_id, round_id, owner_id, name, owner, submission, state, received_on, days_late,
       query, content_hash, create_time, etag
  FROM pledge.return_resource WHERE false;
SELECT authority_id, round_id, owner_id, submission, state, days_late
  FROM pledge.return_standing WHERE false;
SELECT authority_id, round_id, owner_id, resource_name, display_name, commitment_count,
       submission, received_on, first_received_on, query, state, days_late
  FROM pledge.expected_return WHERE false;
SELECT authority_id, round_id, owner_id, lines, checked, create_time,
       update_time, revision
  FROM pledge.return_draft WHERE false;
SELECT authority_id, round_id, owner_id, attempt, submission, status, message, codes, line_count,
       principal_id, recorded_at
  FROM pledge.return_attempt WHERE false;
SELECT 1 / (count(*) = 2)::int FROM pg_class
 WHERE oid IN ('pledge.return_draft'::regclass, 'pledge.return_attempt'::regclass)
   AND relrowsecurity AND relforcerowsecurity;
SELECT authority_id, round_id, owner_id, submission, move, state, query, recorded_at, principal_id
  FROM pledge.return_event WHERE false;
SELECT 'pledge.return_standing_on(date, date)'::regprocedure;
SELECT 'pledge.received_state(int)'::regprocedure;
SELECT 'pledge.return_content_head(text, text, int, date)'::regprocedure;
SELECT 'pledge.progress_content(text, text, text, text, text, text, text, text)'::regprocedure;
SELECT 'pledge.content_hash(text)'::regprocedure;
SELECT 'pledge.return_content(text, text, int)'::regprocedure;

ROLLBACK;
