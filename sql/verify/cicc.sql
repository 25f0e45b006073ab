-- SPDX-License-Identifier: Apache-2.0
-- Verify pledge:cicc on pg
BEGIN;

SELECT authority_id, answer_days, theme_ids, theme_names, create_time, update_time, revision
  FROM pledge.cicc_setting WHERE false;
SELECT authority_id, make_up_id, counted_on, size, principal_id, recorded_at
  FROM pledge.make_up WHERE false;
SELECT authority_id, make_up_id, position, kind, label, count FROM pledge.make_up_group WHERE false;
SELECT authority_id, body_id, meeting_id, participants, themes, principal_id, recorded_at
  FROM pledge.cicc_session WHERE false;
SELECT authority_id, pledge_id, version_number, statement_id, rating, body_id, meeting_id, rated_on,
       keeping, partly, not_keeping, cannot_say, principal_id, recorded_at
  FROM pledge.statement_rating WHERE false;
SELECT authority_id, pledge_id, version_number, statement_id, rating, reply, owner_id, text,
       replied_on, principal_id, recorded_at
  FROM pledge.rating_reply WHERE false;
SELECT authority_id, raised_issue_id, body_id, meeting_id, owner_id, lead_body_id, lead_seat_id,
       raised_on, due_on, principal_id, recorded_at
  FROM pledge.raised_issue WHERE false;
SELECT authority_id, raised_issue_id, move, kind, text, moved_on, due_on, principal_id, recorded_at
  FROM pledge.raised_issue_move WHERE false;
SELECT 1 / (count(*) = 8)::int FROM pg_class
 WHERE oid IN ('pledge.cicc_setting'::regclass, 'pledge.make_up'::regclass,
               'pledge.make_up_group'::regclass, 'pledge.cicc_session'::regclass,
               'pledge.statement_rating'::regclass, 'pledge.rating_reply'::regclass,
               'pledge.raised_issue'::regclass, 'pledge.raised_issue_move'::regclass)
   AND relrowsecurity AND relforcerowsecurity;
SELECT authority_id, name, answer_days FROM pledge.cicc_setting_resource WHERE false;
SELECT authority_id, make_up_id, name FROM pledge.make_up_resource WHERE false;
SELECT authority_id, body_id, meeting_id, name FROM pledge.cicc_session_resource WHERE false;
SELECT authority_id, statement_id, rating, name FROM pledge.statement_rating_resource WHERE false;
SELECT authority_id, rating_name, owner FROM pledge.rating_reply_resource WHERE false;
SELECT authority_id, text_id, name FROM pledge.rating_text_resource WHERE false;
SELECT 'pledge.answer_days_default()'::regprocedure;
SELECT 'pledge.statement_owned(text, text, integer, text)'::regprocedure;
SELECT 'pledge.counts_withheld(integer[])'::regprocedure;
SELECT 'pledge.rating_prevailing(integer, integer, integer)'::regprocedure;
SELECT 'pledge.young_ratings(text, integer, date, date)'::regprocedure;
SELECT 'pledge.raised_issues(date, date)'::regprocedure;
SELECT 'pledge.raised_issue_history(text, date, date)'::regprocedure;
SELECT 1 / (count(*) > 0)::int FROM pledge.role_permission WHERE permission = 'cicc.read';

ROLLBACK;
