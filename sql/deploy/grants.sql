-- SPDX-License-Identifier: Apache-2.0
-- Deploy pledge:grants to pg
-- What the daemon may do. Facts can only be added; the parts of a version can be taken away as
-- long as it is a draft, which triggers see to; who is who changes through functions only.
BEGIN;

SET LOCAL search_path = pledge, pg_temp;

GRANT SELECT ON authority, owner, body, body_member, body_member_resource, member, role_permission, request, pledge, version,
    outcome, statement, lineage, commitment, commitment_statement, round, round_commitment,
    return_submission, progress, return_move, return_move_kind, return_check, bank_holiday, return_draft,
    return_attempt, return_event, return_draft_line, return_draft_resource, round_extension,
    round_extended, version_owed, round_owed,
    owner_return, return_standing, expected_return, round_standing, authority_resource,
    department_resource, partner_agency_resource, body_resource, member_resource,
    identity_provider, identity_provider_resource, pledge_resource, version_resource,
    statement_resource, lineage_resource, commitment_resource, round_resource, return_resource,
    change, change_count, audit_head, audit_entry, audit_resource, retention,
    retention_run, personal_field, erasure, route, route_step, route_move, route_recorder, meeting, endorsement,
    endorsement_draft, endorsement_notice, endorsement_decision, endorsement_withdrawal,
    endorsement_call_in, endorsement_call_in_outcome,
    route_resource, route_step_resource, route_move_resource, meeting_resource,
    notice_resource,
    consultation, consultation_group,
    consultation_question, consultation_option, response_code, response, response_answer,
    response_text, consultation_resource, consulted_group_resource, question_resource,
    response_text_move, amendment, amendment_decision, said_done, response_text_resource,
    amendment_resource, said_done_resource
TO pledged;

GRANT SELECT, INSERT ON roll_up, roll_up_weight, commitment_turn TO pledged;
GRANT SELECT ON reminder_default, reminder_policy, reminder_rule, reminder_rule_resource,
    reminder_address, reminder_address_resource, reminder, reminder_resource TO pledged;
GRANT INSERT ON reminder_policy, reminder_rule, reminder_address TO pledged;
GRANT DELETE ON reminder_rule, reminder_address TO pledged;
GRANT UPDATE (authority_id) ON reminder_policy TO pledged;
GRANT UPDATE (email) ON reminder_address TO pledged;
GRANT UPDATE (state, email, next_try) ON reminder TO pledged;
GRANT SELECT, INSERT ON cicc_setting, make_up, make_up_group, cicc_session, rating_reply,
    raised_issue_move, body_quorum, meeting_item, meeting_paper, meeting_attendance, meeting_decision,
    meeting_action, action_note TO pledged;
GRANT SELECT ON statement_rating, raised_issue, cicc_setting_resource, make_up_resource,
    cicc_session_resource, statement_rating_resource, rating_reply_resource, rating_text_resource
TO pledged;
GRANT UPDATE (answer_days, theme_ids, theme_names) ON cicc_setting TO pledged;

GRANT SELECT, INSERT ON briefing, briefing_body, briefing_attendance, briefing_headcount, strategy,
    strategy_statement, strategy_review, visit_answer TO pledged;
GRANT SELECT ON visit, visit_finding, strategy_carries, strategy_review_due, follow_up_due,
    findings_waiting TO pledged;
GRANT UPDATE (title, topic, held_on) ON briefing TO pledged;
GRANT UPDATE (title, summary, runs_to, review_due_on) ON strategy TO pledged;
GRANT UPDATE (position, ended_at) ON strategy_statement TO pledged;

GRANT SELECT ON version_edit_resource TO pledged;
GRANT SELECT, INSERT ON version_edit, commitment_carried, issue, acknowledgement, audience_count,
    launch_event TO pledged;
GRANT SELECT ON issue_resource, launch_event_resource TO pledged;
GRANT SELECT ON care_year, care_category, care_code TO pledged;
GRANT SELECT, INSERT ON population, population_count, indicator, indicator_standard, indicator_statement,
    indicator_value TO pledged;
GRANT SELECT, INSERT ON programme, programme_area, proposal, proposal_decision, work_item, work_item_revision,
    work_item_statement, work_milestone, work_milestone_mark, work_progress, work_offer, work_achievement TO pledged;
GRANT SELECT ON programme_resource, work_item_standing TO pledged;
-- Withdrawals are added, and marks forgotten, by signature_withdraw alone.
GRANT SELECT, INSERT ON signing_event, signing_key, signing_key_revocation, service_key, signature
TO pledged;
GRANT SELECT ON signature_withdrawal, signing_event_resource, signing_key_resource,
    service_key_resource, signature_resource TO pledged;

GRANT INSERT ON authority, owner, body, body_member, request, pledge, version, outcome, statement, lineage,
    commitment, commitment_statement, round, round_commitment, return_submission, progress,
    return_move, return_draft, return_attempt, round_extension, round_standing, change, change_count, route, route_step, route_move, route_recorder, meeting, endorsement,
    endorsement_draft, endorsement_notice, endorsement_decision, endorsement_withdrawal,
    endorsement_call_in, endorsement_call_in_outcome,
    consultation, consultation_group,
    consultation_question, consultation_option, amendment, amendment_decision, said_done
TO pledged;
GRANT UPDATE (last) ON change_count TO pledged;

GRANT UPDATE (display_name, word_pledge, word_statement, word_board) ON authority TO pledged;
GRANT UPDATE (display_name, director_post, contact_post) ON owner TO pledged;
GRANT UPDATE (display_name, parent_body_id, meeting_interval_months, terms_of_reference,
    established_on) ON body TO pledged;
GRANT UPDATE (display_name, party, sits_to) ON body_member TO pledged;
GRANT UPDATE (title, audience) ON pledge TO pledged;
GRANT UPDATE (title, note, state, adopted_on, adopted_by, adopt_time, content_hash) ON version
TO pledged;
GRANT UPDATE (position, title) ON outcome TO pledged;
GRANT UPDATE (outcome_id, position, title, text, easy_read, audience, age_from, age_to, principles)
    ON statement TO pledged;
GRANT UPDATE (summary, theme, expected_outcome, measure, target, due_on, cost_note, plan_links,
    withdrawn) ON commitment TO pledged;
GRANT UPDATE (position, ended_at) ON commitment_statement TO pledged;
GRANT UPDATE (title, observed_from, observed_to, opens_on, due_on, closes_on, close_time)
    ON round TO pledged;
-- What locks a consultation needs a column that it may change.
GRANT UPDATE (title, opens_on, closes_on, close_time, update_time, revision) ON consultation TO pledged;
GRANT UPDATE (prompt) ON consultation_question TO pledged;
GRANT UPDATE (publish_time) ON said_done TO pledged;
GRANT UPDATE (lines, checked) ON return_draft TO pledged;
GRANT DELETE ON return_draft, outcome, statement, lineage TO pledged;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA pledge FROM PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA pledge TO pledged;
-- audit_append says for whom it writes, so only the functions that are sure of it call it.
REVOKE EXECUTE ON FUNCTION tenant_tables(text[], text), host_administrator_add(bytea, text), member_principal(text, text, text),
    certificate_member(text),
    audit_append(text, text, text, text, text, text, text, bigint, bigint, bigint, uuid, text),
    signin_audit(uuid, text, text, text, text), device_remember(uuid, bytea),
    session_begin(uuid, text, text, bytea, int, int, text, text), sessions_end(uuid, bytea),
    sessions_of(uuid), session_tell(session), attempt_key(text, bytea), invitation_make(uuid),
    host_administrator_invite(text, text), personal_of_principal(uuid, text),
    personal_of_place(uuid, text), personal_rows(uuid, text), personal_may(text),
    erasure_count(member, text, text, text, bigint), audit_peers_clear(text, uuid),
    personal_erase_principal(member, text), personal_erase_place(member, text),
    personal_erase(member[], text, text), retention_remove(text), retention_apply(),
    response_take(text, text, text, uuid, date, int[], int[], int[], int[], int[], int[], int[], int[],
        text[]), response_mix(text, text)
FROM pledged;

COMMIT;
