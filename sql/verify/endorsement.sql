-- SPDX-License-Identifier: Apache-2.0
-- Verify pledge:endorsement on pg
BEGIN;

SELECT authority_id, body_id, meeting_id, held_on, recorded_at FROM pledge.meeting WHERE false;
SELECT authority_id, pledge_id, version_number, endorsement_id, route_id, route_revision, started_on,
       recorded_at
  FROM pledge.endorsement WHERE false;
SELECT authority_id, pledge_id, version_number, endorsement_id, draft, content, content_hash,
       drafted_on, amended_by, recorded_at
  FROM pledge.endorsement_draft WHERE false;
SELECT authority_id, pledge_id, version_number, endorsement_id, body_id, meeting_id, published_on,
       urgency_reason, recorded_at
  FROM pledge.endorsement_notice WHERE false;
SELECT authority_id, pledge_id, version_number, endorsement_id, number, step_id, body_id, meeting_id,
       decided_on, kind, minute_ref, recommendation, vote_taken, votes_for, votes_against,
       votes_abstained, key_decision, call_in_waiver, effective_on, leads_to, to_step_id, draft,
       waiting_since, days_allowed, recorded_at
  FROM pledge.endorsement_decision WHERE false;
SELECT authority_id, pledge_id, version_number, endorsement_id, number, withdrawn_on, reason,
       recorded_at
  FROM pledge.endorsement_withdrawal WHERE false;
SELECT authority_id, pledge_id, version_number, endorsement_id, number, called_in_on, called_by, reason,
       body_id, recorded_at
  FROM pledge.endorsement_call_in WHERE false;
SELECT authority_id, pledge_id, version_number, endorsement_id, number, body_id, meeting_id, decided_on,
       outcome, minute_ref, recorded_at
  FROM pledge.endorsement_call_in_outcome WHERE false;
SELECT 1 / (count(*) = 8)::int FROM pg_class
 WHERE oid IN ('pledge.meeting'::regclass, 'pledge.endorsement'::regclass,
               'pledge.endorsement_draft'::regclass, 'pledge.endorsement_notice'::regclass,
               'pledge.endorsement_decision'::regclass,
               'pledge.endorsement_withdrawal'::regclass, 'pledge.endorsement_call_in'::regclass,
               'pledge.endorsement_call_in_outcome'::regclass)
   AND relrowsecurity AND relforcerowsecurity;
SELECT authority_id, body_id, meeting_id, name, held_on, create_time
  FROM pledge.meeting_resource WHERE false;
SELECT authority_id, pledge_id, version_number, endorsement_id, body_id, meeting_id, endorsement,
       pledge_title, meeting, body_display_name, held_on, published_on, days_of_notice, urgency_reason
  FROM pledge.notice_resource WHERE false;
SELECT 'pledge.forward_plan(date)'::regprocedure;
SELECT 'pledge.stalls(date)'::regprocedure;
SELECT 'pledge.notice_days()'::regprocedure;
SELECT 'pledge.decisions_held(date, date)'::regprocedure;
SELECT 'pledge.endorsement_standing(date, date)'::regprocedure;
SELECT 'pledge.endorsement_history(text, integer, text, date, date)'::regprocedure;
SELECT 'pledge.endorsement_now()'::regprocedure;
SELECT 'pledge.meeting_create(text, text, date)'::regprocedure;
SELECT 'pledge.endorsement_draft_add(text, integer, text, integer, date, integer)'::regprocedure;
SELECT 'pledge.endorsement_start(text, text, text, text, date)'::regprocedure;

ROLLBACK;
