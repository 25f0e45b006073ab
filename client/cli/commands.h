/* SPDX-License-Identifier: Apache-2.0 */
/* The functions behind the table of commands; each returns the exit code. */
#ifndef CLIENT_CLI_COMMANDS_H
#define CLIENT_CLI_COMMANDS_H

#include "client/cli/cli.h"

int run_whoami(struct cli *cli);

int run_login(struct cli *cli);
int run_logout(struct cli *cli);
int run_accept(struct cli *cli);
int run_session_list(struct cli *cli);
int run_password(struct cli *cli);
int run_recovery_codes(struct cli *cli);

int run_authority_list(struct cli *cli);
int run_authority_show(struct cli *cli);
int run_authority_create(struct cli *cli);
int run_authority_update(struct cli *cli);
int run_department_list(struct cli *cli);
int run_agency_list(struct cli *cli);
int run_body_list(struct cli *cli);
int run_body_show(struct cli *cli);
int run_body_member(struct cli *cli);
int run_body_meetings(struct cli *cli);
int run_body_members(struct cli *cli);
int run_body_seat(struct cli *cli);
int run_body_unseat(struct cli *cli);
int run_body_meet(struct cli *cli);

int run_route_list(struct cli *cli);
int run_route_show(struct cli *cli);
int run_route_set(struct cli *cli);
int run_endorsement_list(struct cli *cli);
int run_endorsement_start(struct cli *cli);
int run_endorsement_show(struct cli *cli);
int run_endorsement_decide(struct cli *cli);
int run_endorsement_withdraw(struct cli *cli);
int run_endorsement_call_in(struct cli *cli);
int run_endorsement_settle(struct cli *cli);
int run_endorsement_draft(struct cli *cli);
int run_endorsement_notice(struct cli *cli);
int run_endorsement_forward_plan(struct cli *cli);
int run_endorsement_stalls(struct cli *cli);

int run_member_list(struct cli *cli);
int run_member_add(struct cli *cli);
int run_member_invite(struct cli *cli);
int run_member_sessions(struct cli *cli);
int run_member_sign_out(struct cli *cli);
int run_certificate_list(struct cli *cli);
int run_certificate_add(struct cli *cli);
int run_certificate_revoke(struct cli *cli);

int run_provider_show(struct cli *cli);
int run_provider_set(struct cli *cli);
int run_provider_remove(struct cli *cli);
int run_provider_check(struct cli *cli);

int run_pledge_list(struct cli *cli);
int run_pledge_show(struct cli *cli);
int run_pledge_versions(struct cli *cli);
int run_pledge_compare(struct cli *cli);
int run_pledge_edits(struct cli *cli);
int run_issue_list(struct cli *cli);
int run_issue_add(struct cli *cli);
int run_issue_acknowledge(struct cli *cli);
int run_issue_count(struct cli *cli);
int run_issue_reach(struct cli *cli);
int run_launch_list(struct cli *cli);
int run_launch_add(struct cli *cli);
int run_population_list(struct cli *cli);
int run_population_show(struct cli *cli);
int run_population_add(struct cli *cli);
int run_population_import(struct cli *cli);
int run_population_codes(struct cli *cli);
int run_population_categories(struct cli *cli);
int run_indicator_list(struct cli *cli);
int run_indicator_show(struct cli *cli);
int run_indicator_set(struct cli *cli);
int run_indicator_add(struct cli *cli);
int run_pledge_content(struct cli *cli);
int run_statement_list(struct cli *cli);
int run_statement_show(struct cli *cli);
int run_pledge_adopt(struct cli *cli);

int run_commitment_list(struct cli *cli);
int run_commitment_show(struct cli *cli);

int run_tasks(struct cli *cli);

int run_round_list(struct cli *cli);
int run_round_show(struct cli *cli);
int run_round_create(struct cli *cli);
int run_round_close(struct cli *cli);
int run_round_extend(struct cli *cli);

int run_reminder_rules(struct cli *cli);
int run_reminder_set(struct cli *cli);
int run_reminder_addresses(struct cli *cli);
int run_reminder_address(struct cli *cli);
int run_reminder_make(struct cli *cli);
int run_reminder_list(struct cli *cli);

int run_return_list(struct cli *cli);
int run_return_show(struct cli *cli);
int run_return_submit(struct cli *cli);
int run_return_certify(struct cli *cli);
int run_return_query(struct cli *cli);
int run_return_accept(struct cli *cli);
int run_return_publish(struct cli *cli);
int run_return_import(struct cli *cli);
int run_return_save(struct cli *cli);
int run_return_draft(struct cli *cli);
int run_return_receipt(struct cli *cli);
int run_return_attempts(struct cli *cli);
int run_return_export(struct cli *cli);
int run_return_checks(struct cli *cli);
int run_return_template(struct cli *cli);

int run_consultation_list(struct cli *cli);
int run_consultation_show(struct cli *cli);
int run_consultation_create(struct cli *cli);
int run_consultation_question(struct cli *cli);
int run_consultation_codes(struct cli *cli);
int run_consultation_respond(struct cli *cli);
int run_consultation_enter(struct cli *cli);
int run_consultation_results(struct cli *cli);
int run_consultation_update(struct cli *cli);
int run_consultation_reword(struct cli *cli);
int run_consultation_close(struct cli *cli);
int run_consultation_texts(struct cli *cli);
int run_consultation_moderate(struct cli *cli);
int run_consultation_concerns(struct cli *cli);
int run_amendment_list(struct cli *cli);
int run_amendment_propose(struct cli *cli);
int run_amendment_decide(struct cli *cli);
int run_said_done_list(struct cli *cli);
int run_said_done_add(struct cli *cli);
int run_said_done_publish(struct cli *cli);

int run_meeting_quorum(struct cli *cli);
int run_meeting_item(struct cli *cli);
int run_meeting_paper(struct cli *cli);
int run_meeting_attend(struct cli *cli);
int run_meeting_decide(struct cli *cli);
int run_meeting_action(struct cli *cli);
int run_meeting_note(struct cli *cli);
int run_meeting_actions(struct cli *cli);
int run_meeting_parties(struct cli *cli);
int run_meeting_minutes(struct cli *cli);
int run_meeting_show(struct cli *cli);
int run_briefing_list(struct cli *cli);
int run_briefing_show(struct cli *cli);
int run_briefing_add(struct cli *cli);
int run_briefing_change(struct cli *cli);
int run_briefing_attend(struct cli *cli);
int run_briefing_coverage(struct cli *cli);
int run_strategy_list(struct cli *cli);
int run_strategy_show(struct cli *cli);
int run_strategy_add(struct cli *cli);
int run_strategy_change(struct cli *cli);
int run_strategy_review(struct cli *cli);
int run_visit_list(struct cli *cli);
int run_visit_show(struct cli *cli);
int run_visit_findings(struct cli *cli);
int run_visit_record(struct cli *cli);
int run_visit_answer(struct cli *cli);
int run_work_list(struct cli *cli);
int run_work_show(struct cli *cli);
int run_work_add(struct cli *cli);
int run_work_update(struct cli *cli);
int run_work_progress(struct cli *cli);
int run_work_milestone(struct cli *cli);
int run_work_mark(struct cli *cli);
int run_work_offer(struct cli *cli);
int run_work_achieve(struct cli *cli);
int run_programme_list(struct cli *cli);
int run_programme_show(struct cli *cli);
int run_programme_proposals(struct cli *cli);
int run_programme_decide(struct cli *cli);
int run_programme_take_up(struct cli *cli);
int run_programme_import(struct cli *cli);
int run_programme_export(struct cli *cli);
int run_programme_template(struct cli *cli);
int run_cicc_settings(struct cli *cli);
int run_cicc_count(struct cli *cli);
int run_cicc_make_up(struct cli *cli);
int run_cicc_session(struct cli *cli);
int run_cicc_sessions(struct cli *cli);
int run_cicc_rate(struct cli *cli);
int run_cicc_ratings(struct cli *cli);
int run_cicc_reply(struct cli *cli);
int run_cicc_words(struct cli *cli);
int run_cicc_moderate(struct cli *cli);
int run_raised_issue_list(struct cli *cli);
int run_raised_issue_show(struct cli *cli);
int run_raised_issue_raise(struct cli *cli);
int run_raised_issue_answer(struct cli *cli);
int run_raised_issue_satisfied(struct cli *cli);

int run_signing_list(struct cli *cli);
int run_signing_show(struct cli *cli);
int run_signing_add(struct cli *cli);
int run_signing_key_new(struct cli *cli);
int run_signing_key_register(struct cli *cli);
int run_signing_key_list(struct cli *cli);
int run_signing_key_revoke(struct cli *cli);
int run_sign(struct cli *cli);
int run_signature_list(struct cli *cli);
int run_signature_show(struct cli *cli);
int run_signature_paper(struct cli *cli);
int run_signature_young(struct cli *cli);
int run_signature_young_list(struct cli *cli);
int run_signature_withdraw(struct cli *cli);
int run_signature_export(struct cli *cli);
int run_signature_service_keys(struct cli *cli);
int run_verify(struct cli *cli);

int run_monitor(struct cli *cli);
int run_roll_up_show(struct cli *cli);
int run_roll_up_set(struct cli *cli);
int run_audit_export(struct cli *cli);
int run_audit_verify(struct cli *cli);
int run_personal_fields(struct cli *cli);
int run_personal_export(struct cli *cli);
int run_personal_erase(struct cli *cli);
int run_retention_list(struct cli *cli);
int run_retention_set(struct cli *cli);
int run_retention_apply(struct cli *cli);
int run_retention_runs(struct cli *cli);
int run_apply(struct cli *cli);
int run_call(struct cli *cli);
int run_completion(struct cli *cli);
int run_man(struct cli *cli);

/* How sessions are listed. */
extern const struct view_column session_columns[];

#endif
