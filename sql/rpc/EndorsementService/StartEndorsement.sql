-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.EndorsementService/StartEndorsement
-- permission: endorsement.write
-- tx: write
SELECT endorsement_start(
    :parent/pledges::text, :parent/pledges/versions::text, :endorsement_id::text,
    :endorsement.route/routes::text, :endorsement.started_on::date);
-- into: endorsement
SELECT name, version, route, route_revision, started_on, state, step_id, body, body_display_name,
       waiting_since, days_waited, days_allowed, stalled, ended_on, effective_on, decision_count,
       last_draft, content_hash, create_time, etag
  FROM endorsement_standing(current_date, '9999-12-31')
 WHERE pledge_id = :parent/pledges::text
   AND version_number = version_number(:parent/pledges/versions::text)
   AND endorsement_id = :endorsement_id::text;
-- into: endorsement.decisions
SELECT number, step_id, body, body_display_name, meeting, decided_on, kind, minute_ref, recommendation,
       vote_taken, votes_for, votes_against, votes_abstained, key_decision, notice_on,
       urgency_reason, call_in_waiver, effective_on, leads_to, to_step_id, draft, content_hash,
       amended_draft, amended_hash, earlier_text, waiting_since, days_waited, days_allowed, stalled,
       recorded_at, withdrawn_on, withdrawal_reason, called_in_on, called_in_by, call_in_reason,
       call_in_body, call_in_outcome, call_in_decided_on, call_in_minute_ref
  FROM endorsement_history(:parent/pledges::text, version_number(:parent/pledges/versions::text),
                           :endorsement_id::text, current_date, '9999-12-31')
 ORDER BY number;
-- into: endorsement.drafts
SELECT draft, content_hash, drafted_on, coalesce(amended_by, 0) AS amended_by, recorded_at
  FROM endorsement_draft
 WHERE authority_id = app_authority() AND pledge_id = :parent/pledges::text
   AND version_number = version_number(:parent/pledges/versions::text)
   AND endorsement_id = :endorsement_id::text
   AND (draft = 1 OR drafted_on <= current_date AND recorded_at::date <= '9999-12-31')
 ORDER BY draft;
