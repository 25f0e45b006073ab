-- SPDX-License-Identifier: Apache-2.0
-- Deploy pledge:personal to pg
-- Personal data: how long each kind is kept, a register of the fields that hold it, what is held on one
-- user, and its erasure. Words of the field:
--   place     a member row: what somebody may do in one authority
--   erasure   takes away what names a person or leads to one. What the post did stays: returns, their
--             certificates and questions, and the audit trail, where the principal is a number that
--             leads to nobody any more.
-- Identifiers of members are part of resource names, and those are in changes and audit entries for good:
-- they must name posts, never people.
BEGIN;

SET LOCAL search_path = pledge, pg_temp;

-- How long. The limits keep a host from erasing what is still needed, and from keeping it for ever.
CREATE TABLE retention (
    kind        text COLLATE "C" NOT NULL,
    what        text NOT NULL,
    days        int NOT NULL,
    least_days  int NOT NULL,
    most_days   int NOT NULL,
    basis       text NOT NULL,
    update_time timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT retention_kind_unique PRIMARY KEY (kind),
    CONSTRAINT retention_days_range CHECK (days BETWEEN least_days AND most_days),
    CONSTRAINT retention_least_days_range CHECK (least_days >= 0)
);
COMMENT ON CONSTRAINT retention_kind_unique ON retention IS 'kind: has a period already';
COMMENT ON CONSTRAINT retention_days_range ON retention
    IS 'days: must lie between least_days and most_days';
COMMENT ON CONSTRAINT retention_least_days_range ON retention IS 'least_days: must be 0 or more';

INSERT INTO retention (kind, what, days, least_days, most_days, basis) VALUES
('session', 'Sessions, after they ended: deleted', 30, 1, 365,
    'long enough to look into a sign-in that somebody did not make'),
('attempt', 'Counts of wrong guesses, after the last: deleted', 1, 1, 30,
    'a count starts anew after a day, so an older one is of no use'),
('used_token', 'Hashes of ID tokens, after they expired: deleted', 1, 0, 30,
    'an expired token opens nothing, so nobody need know that it was used'),
('invitation', 'Invitations, after they expired: deleted', 30, 1, 365,
    'long enough to answer why a link no longer works'),
('device', 'Devices somebody signed in from, after the last time: deleted', 180, 7, 730,
    'a device that is not used any more helps nobody to sign in'),
('request', 'Request identifiers, after the request: deleted', 30, 7, 365,
    'long enough for a client to repeat a request whose answer it did not hear'),
('audit_address', 'Addresses in the audit trail, after the entry: cleared', 365, 30, 2557,
    'a year of addresses to look into misuse; the entries themselves stay'),
('consultation_text', 'Words of a consultation, after it was closed: deleted, all but concerns', 2192, 30, 7305,
    'until the next version is drawn up; what was done about them stays in "you said, we did"'),
('young_words', 'Words of young people with a rating, in an issue or of a visit, after they were said: deleted, all but concerns',
    2192, 365, 7305,
    'as long as those of a consultation; how they rated, that they raised or found something, and what was answered stays'),
('member', 'Members, after their last day: erased', 2192, 0, 7305,
    'six years, in which claims about what a council did can be brought (Limitation Act 1980)');

-- What is held. A test compares the register with the catalogue: each column that can hold words, bytes
-- or an identifier of a person is in here or in personal_none. A column that holds more than one thing is
-- in here once for each.
CREATE TABLE personal_field (
    table_name  text COLLATE "C" NOT NULL,
    column_name text COLLATE "C" NOT NULL,
    holds       text NOT NULL,
    of_whom     text NOT NULL,
    purpose     text NOT NULL,
    kind        text COLLATE "C",
    erasure     text NOT NULL,
    reason      text NOT NULL DEFAULT '',
    CONSTRAINT personal_field_holds_unique PRIMARY KEY (table_name, column_name, holds),
    CONSTRAINT personal_field_kind_exists FOREIGN KEY (kind) REFERENCES retention,
    CONSTRAINT personal_field_erasure_known
        CHECK (erasure IN ('cleared', 'replaced', 'deleted', 'kept')),
    CONSTRAINT personal_field_reason_kept CHECK (erasure <> 'kept' OR is_said(reason))
);
CREATE INDEX personal_field_kind ON personal_field (kind);
COMMENT ON CONSTRAINT personal_field_holds_unique ON personal_field
    IS 'holds: is in the register already';
COMMENT ON CONSTRAINT personal_field_kind_exists ON personal_field IS 'kind: has no period';
COMMENT ON CONSTRAINT personal_field_erasure_known ON personal_field
    IS 'erasure: must be cleared, replaced, deleted or kept';
COMMENT ON CONSTRAINT personal_field_reason_kept ON personal_field
    IS 'reason: what an erasure keeps needs one';

-- What was looked at and holds nothing of people. '*' is every column, or every table.
CREATE TABLE personal_none (
    table_name  text COLLATE "C" NOT NULL,
    column_name text COLLATE "C" NOT NULL,
    CONSTRAINT personal_none_column_name_unique PRIMARY KEY (table_name, column_name)
);
COMMENT ON CONSTRAINT personal_none_column_name_unique ON personal_none
    IS 'column_name: is in the list already';

INSERT INTO personal_field (table_name, column_name, holds, of_whom, purpose, kind, erasure, reason)
VALUES
('principal', 'principal_id', 'a random number that stands for somebody', 'members and host administrators',
    'ties together what one caller may do and did', NULL, 'kept',
    'returns and the audit trail name it; once the rest is erased it leads to nobody'),
('principal', 'display_name', 'the name as registered, which should be a post', 'members and host administrators',
    'shown to the caller', 'member', 'replaced', ''),
('credential', 'fingerprint', 'SHA-256 of a client certificate', 'members and host administrators',
    'signing in', NULL, 'kept',
    'a revoked certificate must never be taken again; the hash leads to nobody without the certificate'),
('login', 'user_name', 'what somebody signs in with, often a work e-mail address', 'members and host administrators',
    'signing in', 'member', 'deleted', ''),
('member', 'member_id', 'the identifier of a place, which must name a post', 'members',
    'names the place in resource names', NULL, 'kept',
    'changes and the audit trail hold the resource name for good'),
('member', 'display_name', 'the name of a place, which should be a post', 'members',
    'shows who may act', 'member', 'replaced', ''),
('member', 'user_name', 'as login.user_name', 'members', 'shows how somebody signs in', 'member', 'cleared', ''),
('member', 'fingerprint', 'as credential.fingerprint', 'members', 'shows how somebody signs in', NULL, 'kept',
    'as credential.fingerprint'),
('member', 'role', 'what somebody may do', 'members', 'permissions', NULL, 'kept',
    'it is a fact of the post'),
('member', 'owner_id', 'the department or agency that somebody acts for', 'members', 'permissions', NULL, 'kept',
    'it is a fact of the post'),
('member', 'owner_name', 'as member.owner_id', 'members', 'permissions', NULL, 'kept',
    'it is a fact of the post'),
('password', 'hash', 'argon2id hash of a password', 'members and host administrators', 'signing in', 'member',
    'deleted', ''),
('password', 'code_secret', 'the sealed secret of one-time codes', 'members and host administrators',
    'signing in', 'member', 'deleted', ''),
('recovery_code', 'code_hash', 'SHA-256 of a recovery code', 'members and host administrators', 'signing in',
    'member', 'deleted', ''),
('device', 'token_hash', 'SHA-256 of what a device shows when somebody signs in from it again',
    'members and host administrators', 'keeps strangers who guess from locking somebody out', 'device',
    'deleted', ''),
('attempt', 'key', 'SHA-256 of a user name that was tried, with the device', 'whoever tries to sign in',
    'slows guessing down', 'attempt', 'deleted', ''),
('invitation', 'code_hash', 'SHA-256 of the code of an invitation', 'members and host administrators',
    'setting a password', 'invitation', 'deleted', ''),
('invitation', 'code_secret', 'the sealed secret of one-time codes to be', 'members and host administrators',
    'setting a password', 'invitation', 'deleted', ''),
('session', 'session_id', 'a random number that stands for one sign-in', 'members and host administrators',
    'signing in', 'session', 'deleted', ''),
('session', 'token_hash', 'SHA-256 of what a client shows with each call', 'members and host administrators',
    'signing in', 'session', 'deleted', ''),
('session', 'only_authority', 'the council whose identity provider vouched', 'members', 'permissions', 'session',
    'deleted', ''),
('session', 'method', 'how somebody signed in', 'members and host administrators',
    'lets people see where they are signed in', 'session', 'deleted', ''),
('session', 'peer', 'the address that somebody signed in from', 'members and host administrators',
    'lets people see where they are signed in', 'session', 'deleted', ''),
('token_used', 'token_hash', 'SHA-256 of an ID token, which names somebody', 'members',
    'a token counts once', 'used_token', 'kept', 'the hash leads to nobody, and goes after its period'),
('request', 'request_id', 'a random number that a client gave its request', 'members and host administrators',
    'a request that is repeated counts once', 'request', 'deleted', ''),
('request', 'method', 'what was called', 'members and host administrators',
    'a request that is repeated counts once', 'request', 'deleted', ''),
('request', 'request_hash', 'SHA-256 of the request', 'members and host administrators',
    'a request that is repeated counts once', 'request', 'deleted', ''),
('audit_entry', 'principal', 'as principal.principal_id', 'whoever calls', 'shows who did what', NULL, 'kept',
    'the chain would not hold without it'),
('audit_entry', 'role', 'the role that somebody acted in', 'whoever calls', 'shows who did what', NULL, 'kept',
    'the chain would not hold without it'),
('audit_entry', 'method', 'what was called', 'whoever calls', 'shows who did what', NULL, 'kept',
    'the chain would not hold without it'),
('audit_entry', 'outcome', 'how the call ended', 'whoever calls', 'shows who did what', NULL, 'kept',
    'the chain would not hold without it'),
('audit_entry', 'peer', 'the address that a call came from', 'whoever calls', 'looking into misuse',
    'audit_address', 'cleared', ''),
('audit_entry', 'peer_salt', 'random bytes that tie the address to its digest', 'whoever calls',
    'shows that the address is the one that was recorded', 'audit_address', 'cleared', ''),
('audit_entry', 'peer_digest', 'SHA-256 of salt and address', 'whoever calls',
    'stands for the address in the chain', NULL, 'kept',
    'the chain would not hold without it; without the salt it leads to no address'),
('audit_entry', 'request_id', 'as request.request_id', 'whoever calls', 'shows who did what', NULL, 'kept',
    'the chain would not hold without it'),
('audit_entry', 'request_hash', 'as request.request_hash', 'whoever calls', 'shows who did what', NULL, 'kept',
    'the chain would not hold without it; whoever knows the rest of a request can test a guess of it'),
('change', 'name', 'a resource name, with the identifier of the place where it is a member''s', 'members',
    'shows what was changed', NULL, 'kept', 'the chain of the audit trail holds it'),
('change', 'before_hash', 'SHA-256 of the row before, with all that was in it', 'members',
    'shows what was changed', NULL, 'kept',
    'the chain of the audit trail holds it; whoever knows the rest of the row can test a guess of it'),
('change', 'after_hash', 'SHA-256 of the row after, with all that is in it', 'members',
    'shows what was changed', NULL, 'kept',
    'the chain of the audit trail holds it; whoever knows the rest of the row can test a guess of it'),
('erasure', 'member_id', 'as member.member_id', 'members who were erased', 'shows what was erased', NULL,
    'kept', 'it shows that the erasure was done, and what to erase again after a backup is restored'),
('owner', 'director_post', 'the post at the head of a department', 'directors', 'shows who answers', NULL,
    'kept', 'it names a post; where somebody wrote a name, UpdateDepartment replaces it'),
('owner', 'contact_post', 'the post to turn to in a partner agency', 'partner agencies', 'shows who answers',
    NULL, 'kept', 'it names a post; where somebody wrote a name, UpdatePartnerAgency replaces it'),
('body_member', 'display_name', 'the post or office that holds a seat', 'members of bodies',
    'shows who sat on a body', NULL, 'kept',
    'it names a post; where somebody wrote a name, UpdateBodyMember replaces it'),
('reminder_address', 'email', 'the address of a post''s mailbox, which may be a person''s', 'owners, directors and boards',
    'reminders of returns', NULL, 'kept', 'SetReminderAddress replaces it or takes it away'),
('reminder', 'email', 'as reminder_address.email, where a reminder went', 'owners, directors and boards',
    'shows who was reminded', NULL, 'kept', 'it shows that somebody was reminded'),
('briefing_attendance', 'party', 'as body_member.party, on the day of a session', 'members of bodies',
    'shows which parties were reached', NULL, 'kept', 'as body_member.party'),
('body_member', 'party', 'the party or group of a councillor''s seat', 'members of bodies',
    'shows that a body is cross-party', NULL, 'kept',
    'councils publish it; without a name it is a fact of the seat');

-- Whose row it is.
INSERT INTO personal_field (table_name, column_name, holds, of_whom, purpose, kind, erasure, reason)
SELECT t.name, 'principal_id', 'as principal.principal_id', t.whose, 'says whose it is', t.kind, t.erasure,
       t.reason
  FROM (VALUES
    ('credential', 'members and host administrators', NULL, 'kept', 'as credential.fingerprint'),
    ('login', 'members and host administrators', 'member', 'deleted', ''),
    ('member', 'members', NULL, 'kept', 'as principal.principal_id'),
    ('password', 'members and host administrators', 'member', 'deleted', ''),
    ('recovery_code', 'members and host administrators', 'member', 'deleted', ''),
    ('device', 'members and host administrators', 'device', 'deleted', ''),
    ('invitation', 'members and host administrators', 'invitation', 'deleted', ''),
    ('session', 'members and host administrators', 'session', 'deleted', ''),
    ('request', 'members and host administrators', 'request', 'deleted', ''),
    ('return_submission', 'who sent a return', NULL, 'kept', 'who answers for a return is a fact of the post'),
    ('return_move', 'who certified, queried or accepted a return', NULL, 'kept',
        'who answers for it is a fact of the post'),
    ('return_attempt', 'who tried to send a return', NULL, 'kept', 'who answers for a return is a fact of the post'),
    ('roll_up', 'who chose a rule', NULL, 'kept', 'who answers for it is a fact of the post'),
    ('round_extension', 'who gave an owner more time', NULL, 'kept', 'who answers for it is a fact of the post'),
    ('version_edit', 'who edited a draft', NULL, 'kept', 'who wrote what is a fact of the post'),
    ('make_up', 'who recorded a count', NULL, 'kept', 'who answers for it is a fact of the post'),
    ('cicc_session', 'who recorded a session', NULL, 'kept', 'who answers for it is a fact of the post'),
    ('statement_rating', 'who recorded a rating', NULL, 'kept', 'who answers for it is a fact of the post'),
    ('rating_reply', 'who replied to a rating', NULL, 'kept', 'who answers for it is a fact of the post'),
    ('raised_issue', 'who recorded an issue', NULL, 'kept', 'who answers for it is a fact of the post'),
    ('strategy_review', 'who reviewed a strategy or service', NULL, 'kept', 'who answers for it is a fact of the post'),
    ('visit', 'who recorded a visit', NULL, 'kept', 'who answers for it is a fact of the post'),
    ('visit_answer', 'who answered a finding', NULL, 'kept', 'who answers for it is a fact of the post'),
    ('action_note', 'who noted how an action stands', NULL, 'kept', 'who answers for it is a fact of the post'),
    ('raised_issue_move', 'who answered an issue', NULL, 'kept', 'who answers for it is a fact of the post')
  ) AS t (name, whose, kind, erasure, reason);

-- What officers and agencies write in their own words. It should name nobody.
INSERT INTO personal_field (table_name, column_name, holds, of_whom, purpose, kind, erasure, reason)
SELECT split_part(c, '.', 1), split_part(c, '.', 2), 'free text, which should name posts and not people',
       'whoever is named', 'the pledge and what is reported of it', NULL, 'kept',
       CASE WHEN split_part(c, '.', 1) IN ('progress', 'return_move', 'return_attempt')
            THEN 'what was reported stays as it was reported; a mistake is put right by another return'
            WHEN split_part(c, '.', 1) IN ('version', 'version_edit', 'outcome', 'statement', 'lineage')
            THEN 'an adopted version stays as it was adopted; a mistake is put right by another version'
            WHEN split_part(c, '.', 1) IN ('rating_reply', 'raised_issue_move', 'visit_answer', 'strategy_review')
            THEN 'what was answered stays as it was answered; it should name nobody'
            WHEN split_part(c, '.', 1) LIKE 'meeting%' OR split_part(c, '.', 1) = 'action_note'
            THEN 'what a meeting did stays as it was recorded; it should name posts'
            WHEN split_part(c, '.', 1) = 'visit'
            THEN 'where young people were stays as it was recorded; it should name an organisation or a place'
            WHEN split_part(c, '.', 1) LIKE 'endorsement%'
            THEN 'what a body decided, and on which text, stays as it was recorded'
            ELSE 'it is about the pledge; where somebody wrote a name, an update replaces it' END
  FROM unnest('{progress.narrative,progress.reason,progress.measure_value,progress.evidence,progress.confirmation,'
      'return_move.query,return_attempt.message,return_draft.lines,round_extension.reason,'
      'version.title,version.note,version_edit.text_before,version_edit.text_after,outcome.title,statement.title,statement.text,statement.easy_read,'
      'statement.audience,lineage.reason,launch_event.title,indicator.title,pledge.title,pledge.audience,commitment.summary,commitment.theme,'
      'commitment.expected_outcome,commitment.measure,commitment.target,commitment.cost_note,'
      'commitment.plan_links,round.title,consultation.title,consultation_question.prompt,'
      'consultation_option.label,amendment.exact_words,amendment.proposed_words,amendment.reason,'
      'amendment_decision.reason,said_done.said,said_done.done,owner.display_name,body.display_name,body.terms_of_reference,'
      'authority.display_name,route.display_name,endorsement_draft.content,endorsement_notice.urgency_reason,'
      'endorsement_decision.minute_ref,endorsement_decision.recommendation,'
      'endorsement_decision.call_in_waiver,endorsement_withdrawal.reason,'
      'endorsement_call_in.called_by,endorsement_call_in.reason,endorsement_call_in_outcome.minute_ref,'
      'rating_reply.text,raised_issue_move.text,make_up_group.kind,'
      'make_up_group.label,cicc_setting.theme_names,meeting_item.title,meeting_paper.title,meeting_paper.author,'
      'meeting_paper.reference,meeting_attendance.substitute,meeting_attendance.party,meeting_decision.text,'
      'meeting_decision.proposer,meeting_action.text,action_note.text,briefing.title,briefing.topic,strategy.title,'
      'strategy.summary,strategy_review.note,visit.provider,visit.provides,visit_answer.text}'::text[]) AS c;

INSERT INTO personal_field (table_name, column_name, holds, of_whom, purpose, kind, erasure, reason)
SELECT split_part(c, '.', 1), split_part(c, '.', 2), 'free text, which should name posts and not people',
       'whoever is named', 'the work programme and what became of it', NULL, 'kept',
       'what was planned and done stays as it was recorded; what young people ask for is told as a group''s wish'
  FROM unnest('{work_item_revision.title,work_item_revision.description,work_item_revision.resource_note,'
      'work_milestone.title,work_milestone_mark.note,work_progress.narrative,work_progress.reason,work_offer.text,'
      'work_achievement.text,work_achievement.evidence,proposal_decision.target,proposal_decision.resource_note,'
      'proposal_decision.reason}'::text[]) AS c;

-- What young people and others say in a consultation.
INSERT INTO personal_field (table_name, column_name, holds, of_whom, purpose, kind, erasure, reason)
VALUES
('response', 'principal_id', 'as principal.principal_id, of the worker who entered a response', 'support workers',
    'shows who entered it', NULL, 'kept', 'who entered a response is a fact of the post'),
('response', 'response_id', 'a random number that stands for a response', 'whoever responds',
    'counts responses', NULL, 'kept', 'it leads to nobody: codes are deleted as they are used'),
('response', 'group_id', 'the group of somebody who responded', 'whoever responds', 'counts responses', NULL,
    'kept', 'counts under 6 are withheld outside the voice team'),
('response_answer', 'answer_id', 'a random number that stands for an answer', 'whoever responds',
    'counts answers', NULL, 'kept', 'it leads to nobody, and to no other answer'),
('response_answer', 'group_id', 'as response.group_id', 'whoever responds', 'counts answers', NULL, 'kept',
    'as response.group_id'),
('response_text', 'text_id', 'a random number that stands for a text', 'whoever responds',
    'names the text', NULL, 'kept', 'it leads to nobody'),
('response_text', 'group_id', 'as response.group_id', 'whoever responds', 'says who speaks', NULL, 'kept',
    'as response.group_id'),
('response_text', 'text', 'what somebody said in a consultation, in their own words',
    'whoever responds, and whoever is named', 'the pledge is drawn up with those it is made to',
    'consultation_text', 'kept', 'it is read before anybody else sees it, and what names somebody is hidden'),
('response_text', 'text', 'what young people said with a rating, in an issue or of a visit',
    'young people, and whoever is named', 'the pledge is watched by those it is made to', 'young_words', 'kept',
    'it should name nobody; what names somebody is hidden, or is a concern'),
('response_text_move', 'text_id', 'as response_text.text_id', 'whoever responds', 'names the text', NULL, 'kept',
    'it leads to nobody'),
('response_text_move', 'principal_id', 'as principal.principal_id', 'who looked at a text', 'says whose it is',
    NULL, 'kept', 'who answers for it is a fact of the post'),
('response_text_move', 'reason', 'why a text of a consultation is hidden or a concern', 'whoever is named',
    'keeping children safe', 'consultation_text', 'kept', 'the safeguarding officer acts on it'),
('response_text_move', 'reason', 'why other words of young people are hidden or a concern', 'whoever is named',
    'keeping children safe', 'young_words', 'kept', 'the safeguarding officer acts on it'),
('amendment_decision', 'principal_id', 'as principal.principal_id', 'who recorded a decision',
    'says whose it is', NULL, 'kept', 'who answers for it is a fact of the post');

-- Who signed.
INSERT INTO personal_field (table_name, column_name, holds, of_whom, purpose, kind, erasure, reason)
SELECT split_part(f.field, '.', 1), split_part(f.field, '.', 2), f.holds, f.whose, f.purpose, NULL, 'kept',
       f.reason
  FROM (VALUES
    ('signing_key.member_id', 'as member.member_id', 'members', 'says whose key it is',
        'signatures are checked against it'),
    ('signing_key.public_key', 'the public half of a key', 'members', 'checking signatures',
        'signatures are checked against it; it leads to nobody without the member'),
    ('signing_key_revocation.reason', 'why a key was revoked', 'members', 'shows why it signs no more',
        'it should name nobody'),
    ('signing_key_revocation.principal_id', 'as principal.principal_id', 'who revoked a key', 'says whose it is',
        'who answers for it is a fact of the post'),
    ('signature.member_id', 'as member.member_id', 'who signed', 'shows who signed',
        'it is part of what was signed'),
    ('signature.signatory', 'the post that signed', 'who signed', 'shows who signed',
        'it is part of what was signed'),
    ('signature.role', 'the role of who signed', 'who signed', 'shows who signed', 'it is part of what was signed'),
    ('signature.owner', 'the department or agency of who signed', 'who signed', 'shows who signed',
        'it is part of what was signed'),
    ('signature.signature', 'what a key made of the words', 'who signed', 'proves who signed',
        'it is the proof'),
    ('signature.mark', 'a first name or a sign', 'young people', 'shows that young people signed',
        'it is tied to nobody; WithdrawSignature clears it'),
    ('signature.mark_salt', 'random bytes that tie the mark to its digest', 'young people',
        'proves that the mark was not changed', 'it goes with the mark'),
    ('signature.mark_digest', 'SHA-256 of salt and mark', 'young people', 'stands for the mark in what is attested',
        'what is attested would not hold without it; without the salt it leads to no mark'),
    ('signature.kept_at', 'where a paper is kept', 'whoever is named', 'finds the paper',
        'it is part of what was signed, and should name nobody'),
    ('signature.recorded_by', 'as member.member_id', 'who recorded a signature', 'says who saw it',
        'it is part of what was signed'),
    ('signature.principal_id', 'as principal.principal_id', 'who signed or recorded', 'says whose it is',
        'who answers for it is a fact of the post'),
    ('signature_withdrawal.reason', 'why a signature was withdrawn', 'who signed', 'shows why',
        'it should name nobody'),
    ('signature_withdrawal.principal_id', 'as principal.principal_id', 'who recorded a withdrawal',
        'says whose it is', 'who answers for it is a fact of the post'),
    ('signing_event.title', 'free text, which should name posts and not people', 'whoever is named',
        'shows where it was signed', 'signatures name the event'),
    ('signing_event.place', 'free text, which should name places and not people', 'whoever is named',
        'shows where it was signed', 'signatures name the event')
  ) AS f (field, holds, whose, purpose, reason);

INSERT INTO personal_none (table_name, column_name)
SELECT split_part(c, '.', 1), split_part(c, '.', 2)
  FROM unnest('{*.authority_id,amendment.consultation_id,amendment.amendment_id,amendment.statement_id,'
      'amendment.group_id,amendment.body_id,amendment_decision.consultation_id,amendment_decision.amendment_id,'
      'amendment_decision.state,response_text_move.state,'
      'said_done.consultation_id,said_done.amendment_id,audit_entry.kind,audit_entry.hash,audit_head.*,authority.word_pledge,'
      'authority.word_statement,authority.word_board,body.body_id,body.parent_body_id,body_member.body_id,body_member.body_member_id,'
      'body_member.role,body_member.owner_id,change.kind,'
      'change.permission,change.owner_id,change_count.*,commitment.commitment_id,commitment.owner_id,'
      'commitment.pledge_id,commitment_statement.*,commitment_turn.*,commitment_carried.*,consultation.consultation_id,consultation.pledge_id,'
      'consultation_group.*,consultation_option.consultation_id,consultation_option.statement_id,'
      'consultation_question.consultation_id,consultation_question.kind,response.consultation_id,'
      'response_answer.consultation_id,response_code.*,response_text.consultation_id,response_text.state,'
      'response_text.pledge_id,response_text.statement_id,response_text.raised_issue_id,'
      'erasure.table_name,erasure.erasure,erasure.cause,'
      'care_category.*,care_code.*,population.*,population_count.*,indicator.indicator_id,indicator.direction,'
      'indicator.source,indicator.dimension,indicator.categories,indicator.unit,indicator_standard.*,indicator_statement.*,'
      'indicator_value.*,identity_provider.*,issue.*,acknowledgement.*,audience_count.*,launch_event.launch_event_id,'
      'launch_event.pledge_id,lineage.pledge_id,lineage.from_statement_id,lineage.to_statement_id,lineage.change,'
      'outcome.pledge_id,outcome.outcome_id,owner.owner_id,owner.kind,owner.resource_name,'
      'personal_field.*,personal_none.*,pledge.pledge_id,progress.round_id,progress.owner_id,'
      'progress.commitment_id,progress.rating,retention.*,retention_run.*,return_check.*,'
      'return_move.round_id,return_move.owner_id,return_move.kind,return_submission.round_id,'
      'return_submission.owner_id,return_submission.content_hash,return_move_kind.*,return_draft.round_id,'
      'return_draft.owner_id,return_attempt.round_id,return_attempt.owner_id,return_attempt.status,'
      'return_attempt.codes,round_extension.round_id,round_extension.owner_id,role_permission.*,roll_up.rule,roll_up_weight.*,round.round_id,'
      'round.pledge_id,round_commitment.*,round_standing.*,statement.pledge_id,statement.statement_id,'
      'statement.outcome_id,statement.principles,version_edit.pledge_id,version_edit.part,version_edit.part_id,'
      'version_edit.kind,version_edit.field,version.pledge_id,version.state,version.adopted_by,version.content_hash,'
      'route.route_id,route_step.*,route_move.*,route_recorder.*,meeting.*,endorsement.*,'
      'endorsement_draft.pledge_id,endorsement_draft.endorsement_id,endorsement_draft.content_hash,'
      'endorsement_notice.pledge_id,endorsement_notice.endorsement_id,endorsement_notice.body_id,'
      'endorsement_notice.meeting_id,endorsement_decision.pledge_id,'
      'endorsement_decision.endorsement_id,endorsement_decision.step_id,endorsement_decision.body_id,'
      'endorsement_decision.meeting_id,endorsement_decision.kind,endorsement_decision.leads_to,'
      'endorsement_decision.to_step_id,signing_event.signing_event_id,signing_event.pledge_id,'
      'signing_event.launch_event_id,signing_key.signing_key_id,signing_key_revocation.signing_key_id,service_key.*,'
      'signature.pledge_id,signature.signature_id,signature.kind,signature.content_hash,signature.signing_event_id,'
      'signature.signing_key_id,signature.mark_kind,signature.signed_at,signature.attested_at,signature.service_key,'
      'signature.attestation,signature_withdrawal.pledge_id,signature_withdrawal.signature_id,'
      'reminder_default.*,reminder_policy.*,reminder_rule.*,reminder_address.level,reminder_address.owner_id,'
      'reminder_address.address_key,reminder.event_key,reminder.rule_id,reminder.about,reminder.level,'
      'reminder.round_id,reminder.owner_id,reminder.subject,reminder.body,reminder.state,reminder.problem,'
      'endorsement_withdrawal.pledge_id,'
      'endorsement_withdrawal.endorsement_id,endorsement_call_in.pledge_id,'
      'endorsement_call_in.endorsement_id,endorsement_call_in.body_id,'
      'endorsement_call_in_outcome.pledge_id,endorsement_call_in_outcome.endorsement_id,'
      'endorsement_call_in_outcome.body_id,endorsement_call_in_outcome.meeting_id,'
      'endorsement_call_in_outcome.outcome,'
      'body_quorum.*,meeting_item.body_id,meeting_item.meeting_id,meeting_item.part,'
      'meeting_paper.body_id,meeting_paper.meeting_id,meeting_paper.content_hash,meeting_attendance.body_id,'
      'meeting_attendance.meeting_id,meeting_attendance.body_member_id,meeting_attendance.attendance,'
      'meeting_decision.body_id,meeting_decision.meeting_id,meeting_action.body_id,meeting_action.meeting_id,'
      'meeting_action.owner_id,meeting_action.body_member_id,action_note.body_id,action_note.meeting_id,'
      'action_note.state,cicc_setting.theme_ids,make_up.make_up_id,make_up_group.make_up_id,'
      'cicc_session.body_id,cicc_session.meeting_id,cicc_session.themes,statement_rating.pledge_id,'
      'statement_rating.statement_id,statement_rating.body_id,statement_rating.meeting_id,rating_reply.pledge_id,'
      'rating_reply.statement_id,rating_reply.owner_id,raised_issue.raised_issue_id,raised_issue.body_id,'
      'raised_issue.meeting_id,raised_issue.owner_id,raised_issue.lead_body_id,raised_issue.lead_seat_id,'
      'raised_issue_move.raised_issue_id,raised_issue_move.kind,briefing.briefing_id,briefing.kind,briefing_body.*,'
      'briefing_attendance.briefing_id,briefing_attendance.body_id,briefing_attendance.body_member_id,'
      'briefing_attendance.attendance,briefing_headcount.*,strategy.strategy_id,strategy.kind,strategy.owner_id,'
      'strategy_statement.*,strategy_review.strategy_id,strategy_review.outcome,visit.visit_id,visit.owner_id,'
      'visit_finding.*,visit_answer.visit_id,visit_answer.finding_id,response_text.visit_id,response_text.finding_id}'
      ::text[]) AS c;

INSERT INTO personal_none (table_name, column_name)
SELECT split_part(c, '.', 1), split_part(c, '.', 2)
  FROM unnest('{programme.*,programme_area.*,proposal.*,proposal_decision.programme_id,proposal_decision.priority,'
      'proposal_decision.owner_id,work_item.*,work_item_revision.work_item_id,work_item_revision.priority,'
      'work_item_revision.owner_id,work_item_statement.*,work_milestone.work_item_id,'
      'work_milestone_mark.work_item_id,work_milestone_mark.state,work_progress.work_item_id,work_progress.state,'
      'work_progress.rating,work_offer.work_item_id,work_offer.owner_id,work_achievement.work_item_id}'
      ::text[]) AS c;

INSERT INTO role_permission (role, permission) VALUES
    ('host_administrator', 'personal.read'), ('host_administrator', 'personal.erase'),
    ('council_administrator', 'personal.read'), ('council_administrator', 'personal.erase');

-- What is held on one user. A secret is told as being there, never itself.
CREATE TYPE personal_datum AS (
    table_name text, field text, value text, held_since timestamptz, resource text
);

-- The rows of the principal itself. Of an authority: its own sessions and requests only.
CREATE FUNCTION personal_of_principal(p_principal uuid, p_authority text) RETURNS SETOF personal_datum
LANGUAGE sql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
    SELECT d.table_name, d.field, d.value, d.since, d.resource
      FROM (
        SELECT 1 AS place, 'principal' AS table_name, 'display_name' AS field, p.display_name AS value,
               p.create_time AS since, '' AS resource
          FROM principal AS p WHERE p.principal_id = p_principal
        UNION ALL
        SELECT 2, 'principal', 'principal_id', p.principal_id::text, p.create_time, ''
          FROM principal AS p WHERE p.principal_id = p_principal
        UNION ALL
        SELECT 3, 'credential', 'fingerprint', encode(c.fingerprint, 'hex')
                   || coalesce(', until ' || c.expires_on, '')
                   || coalesce(', revoked ' || audit_time(c.revoke_time), ''), c.create_time, ''
          FROM credential AS c WHERE c.principal_id = p_principal
        UNION ALL
        SELECT 4, 'login', 'user_name', l.user_name, l.create_time, ''
          FROM login AS l WHERE l.principal_id = p_principal
        UNION ALL
        SELECT 5, 'password', f.name, f.value, w.change_time, ''
          FROM password AS w, (VALUES ('hash', 'a password is set'),
                                      ('code_secret', 'one-time codes are set up')) AS f (name, value)
         WHERE w.principal_id = p_principal
        UNION ALL
        SELECT 6, 'recovery_code', 'code_hash', count(*) FILTER (WHERE r.use_time IS NULL)
                   || ' not used, ' || count(r.use_time) || ' used', NULL, ''
          FROM recovery_code AS r WHERE r.principal_id = p_principal HAVING count(*) > 0
        UNION ALL
        SELECT 7, 'device', 'token_hash', 'a device is remembered', v.use_time, ''
          FROM device AS v WHERE v.principal_id = p_principal
        UNION ALL
        SELECT 8, 'invitation', 'code_hash', 'invited until ' || audit_time(i.expire_time), NULL, ''
          FROM invitation AS i WHERE i.principal_id = p_principal
        UNION ALL
        SELECT 9, 'attempt', 'key', a.failures || ' wrong guesses', a.last_time, ''
          FROM attempt AS a
         WHERE a.key IN (SELECT attempt_key(l.user_name, k.token_hash)
                           FROM login AS l
                           LEFT JOIN (SELECT d.token_hash FROM device AS d
                                       WHERE d.principal_id = p_principal
                                      UNION ALL SELECT NULL) AS k ON true
                          WHERE l.principal_id = p_principal)
        UNION ALL
        SELECT 10, 'session', f.name, f.value, s.create_time, 'sessions/' || s.session_id
          FROM session AS s, LATERAL (VALUES
                   ('method', s.method), ('peer', s.peer),
                   ('last_use_time', audit_time(s.last_use_time)),
                   ('end_time', audit_time(s.end_time)),
                   ('only_authority', 'authorities/' || s.only_authority)) AS f (name, value)
         WHERE s.principal_id = p_principal AND f.value IS NOT NULL
           AND (p_authority IS NULL OR s.only_authority IS NULL OR s.only_authority = p_authority)
        UNION ALL
        SELECT 11, 'request', 'request_id', r.request_id || ' ' || r.method, r.recorded_at, ''
          FROM request AS r
         WHERE r.principal_id = p_principal
           AND (p_authority IS NULL OR r.authority_id = p_authority)
      ) AS d (place, table_name, field, value, since, resource)
     ORDER BY d.place, d.since, d.resource, d.field, d.value
$$;

-- The rows of one place: row-level security lets through those of the call's authority.
CREATE FUNCTION personal_of_place(p_principal uuid, p_authority text) RETURNS SETOF personal_datum
LANGUAGE sql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
    SELECT d.table_name, d.field, d.value, d.since, d.resource
      FROM (
        SELECT 1 AS place, 'member' AS table_name, f.name AS field, f.value, m.create_time AS since,
               'authorities/' || m.authority_id || '/members/' || m.member_id AS resource
          FROM member AS m, LATERAL (VALUES
                   ('member_id', m.member_id), ('display_name', m.display_name), ('role', m.role),
                   ('owner_name', nullif(m.owner_name, '')), ('user_name', m.user_name),
                   ('fingerprint', encode(m.fingerprint, 'hex')),
                   ('expires_on', m.expires_on::text)) AS f (name, value)
         WHERE m.principal_id = p_principal AND m.authority_id = p_authority AND f.value IS NOT NULL
        UNION ALL
        SELECT 2, 'return_submission', 'principal_id', 'sent submission ' || s.submission,
               s.recorded_at, 'authorities/' || s.authority_id || '/rounds/' || s.round_id || '/returns/'
                   || s.owner_id
          FROM return_submission AS s
         WHERE s.principal_id = p_principal AND s.authority_id = p_authority
        UNION ALL
        SELECT 3, 'return_move', 'principal_id', v.kind || ' submission ' || v.submission,
               v.recorded_at, 'authorities/' || v.authority_id || '/rounds/' || v.round_id || '/returns/'
                   || v.owner_id
          FROM return_move AS v
         WHERE v.principal_id = p_principal AND v.authority_id = p_authority
        UNION ALL
        SELECT 4, 'version_edit', 'principal_id', 'edit ' || e.number, e.recorded_at,
               'authorities/' || e.authority_id || '/pledges/' || e.pledge_id || '/versions/'
                   || e.version_number
          FROM version_edit AS e
         WHERE e.principal_id = p_principal AND e.authority_id = p_authority
        UNION ALL
        SELECT 5, 'response', 'principal_id', 'entered ' || count(*) || ' responses',
               r.received_on::timestamptz, 'authorities/' || r.authority_id || '/consultations/'
                   || r.consultation_id
          FROM response AS r
         WHERE r.principal_id = p_principal AND r.authority_id = p_authority
         GROUP BY r.authority_id, r.consultation_id, r.received_on
        UNION ALL
        SELECT 6, 'amendment_decision', 'principal_id', d.state, d.recorded_at, 'authorities/'
                   || d.authority_id || '/consultations/' || d.consultation_id || '/amendments/'
                   || d.amendment_id
          FROM amendment_decision AS d
         WHERE d.principal_id = p_principal AND d.authority_id = p_authority
        UNION ALL
        -- Never of which text: the moves of one that is a concern would show that there is one.
        SELECT 7, 'response_text_move', 'principal_id', 'looked at ' || count(*) || ' texts',
               min(m.recorded_at), 'authorities/' || m.authority_id
                   || coalesce('/consultations/' || t.consultation_id, '/words')
          FROM response_text_move AS m
          JOIN response_text AS t ON t.authority_id = m.authority_id AND t.text_id = m.text_id
         WHERE m.principal_id = p_principal AND m.authority_id = p_authority
         GROUP BY m.authority_id, t.consultation_id
        UNION ALL
        SELECT 8, 'signing_key', 'member_id', 'registered the key ' || encode(sha256(k.public_key), 'hex'),
               k.recorded_at, 'authorities/' || k.authority_id || '/signingKeys/' || k.signing_key_id
          FROM signing_key AS k
          JOIN member AS m ON m.authority_id = k.authority_id AND m.member_id = k.member_id
         WHERE m.principal_id = p_principal AND k.authority_id = p_authority
        UNION ALL
        SELECT 9, 'signing_key_revocation', 'principal_id', 'revoked the key', r.recorded_at,
               'authorities/' || r.authority_id || '/signingKeys/' || r.signing_key_id
          FROM signing_key_revocation AS r
         WHERE r.principal_id = p_principal AND r.authority_id = p_authority
        UNION ALL
        -- Of young people's not which.
        SELECT 10, 'signature', 'principal_id', CASE s.kind WHEN 'young_person'
                   THEN 'recorded ' || count(*) || ' signatures of young people'
                   ELSE 'signed or recorded ' || count(*) || ' signatures' END, min(s.recorded_at),
               'authorities/' || s.authority_id || '/pledges/' || s.pledge_id || '/versions/'
                   || s.version_number
          FROM signature AS s
         WHERE s.principal_id = p_principal AND s.authority_id = p_authority
         GROUP BY s.authority_id, s.pledge_id, s.version_number, s.kind
        UNION ALL
        SELECT 18, 'action_note', 'principal_id', 'noted on an action', k.recorded_at,
               'authorities/' || k.authority_id || '/bodies/' || k.body_id || '/meetings/' || k.meeting_id
                   || '/actions/' || k.action
          FROM action_note AS k
         WHERE k.principal_id = p_principal AND k.authority_id = p_authority
        UNION ALL
        SELECT 12, 'make_up', 'principal_id', 'recorded a count', k.recorded_at,
               'authorities/' || k.authority_id || '/makeUps/' || k.make_up_id
          FROM make_up AS k
         WHERE k.principal_id = p_principal AND k.authority_id = p_authority
        UNION ALL
        SELECT 13, 'cicc_session', 'principal_id', 'recorded a session', k.recorded_at,
               'authorities/' || k.authority_id || '/bodies/' || k.body_id || '/meetings/' || k.meeting_id
          FROM cicc_session AS k
         WHERE k.principal_id = p_principal AND k.authority_id = p_authority
        UNION ALL
        SELECT 14, 'statement_rating', 'principal_id', 'recorded ' || count(*) || ' ratings',
               min(k.recorded_at), 'authorities/' || k.authority_id || '/pledges/' || k.pledge_id
                   || '/versions/' || k.version_number
          FROM statement_rating AS k
         WHERE k.principal_id = p_principal AND k.authority_id = p_authority
         GROUP BY k.authority_id, k.pledge_id, k.version_number
        UNION ALL
        SELECT 15, 'rating_reply', 'principal_id', 'replied', k.recorded_at,
               'authorities/' || k.authority_id || '/pledges/' || k.pledge_id || '/versions/'
                   || k.version_number || '/statements/' || k.statement_id || '/ratings/' || k.rating
          FROM rating_reply AS k
         WHERE k.principal_id = p_principal AND k.authority_id = p_authority
        UNION ALL
        -- Never of which issue: one that is a concern is to be found nowhere.
        SELECT 16, 'raised_issue', 'principal_id', 'recorded ' || count(*) || ' issues',
               min(k.recorded_at), 'authorities/' || k.authority_id || '/raisedIssues'
          FROM raised_issue AS k
         WHERE k.principal_id = p_principal AND k.authority_id = p_authority
         GROUP BY k.authority_id
        UNION ALL
        SELECT 17, 'raised_issue_move', 'principal_id', k.kind || ' ' || count(*),
               min(k.recorded_at), 'authorities/' || k.authority_id || '/raisedIssues'
          FROM raised_issue_move AS k
         WHERE k.principal_id = p_principal AND k.authority_id = p_authority
         GROUP BY k.authority_id, k.kind
        UNION ALL
        SELECT 19, 'strategy_review', 'principal_id', 'reviewed it', k.recorded_at,
               'authorities/' || k.authority_id || '/strategies/' || k.strategy_id
          FROM strategy_review AS k
         WHERE k.principal_id = p_principal AND k.authority_id = p_authority
        UNION ALL
        SELECT 20, 'visit', 'principal_id', 'recorded a visit', k.recorded_at,
               'authorities/' || k.authority_id || '/visits/' || k.visit_id
          FROM visit AS k
         WHERE k.principal_id = p_principal AND k.authority_id = p_authority
        UNION ALL
        -- Never to which finding: one that is a concern is to be found nowhere.
        SELECT 21, 'visit_answer', 'principal_id', 'answered ' || count(*) || ' times',
               min(k.recorded_at), 'authorities/' || k.authority_id || '/visits'
          FROM visit_answer AS k
         WHERE k.principal_id = p_principal AND k.authority_id = p_authority
         GROUP BY k.authority_id
        UNION ALL
        SELECT 11, 'signature_withdrawal', 'principal_id', 'withdrew ' || count(*) || ' signatures',
               min(w.recorded_at), 'authorities/' || w.authority_id || '/pledges/' || w.pledge_id
                   || '/versions/' || w.version_number
          FROM signature_withdrawal AS w
         WHERE w.principal_id = p_principal AND w.authority_id = p_authority
         GROUP BY w.authority_id, w.pledge_id, w.version_number
      ) AS d
     ORDER BY d.place, d.since, d.resource, d.field, d.value
$$;

-- Everything, in an order that later calls find again. The audit trail comes last, as it grows. Reading
-- through it takes long, and the connections that can write are few: one export of a caller at a time.
CREATE FUNCTION personal_rows(p_principal uuid, p_authority text) RETURNS SETOF personal_datum
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_call text := coalesce(current_setting('pledge.authority', true), '');
    v text;
BEGIN
    IF NOT pg_try_advisory_xact_lock(
        hashtextextended('pledge.personal ' || coalesce(app_principal()::text, ''), 0)) THEN
        PERFORM fail('PL410', 'Another export of yours is under way. Wait for its answer.');
    END IF;
    RETURN QUERY SELECT d.* FROM personal_of_principal(p_principal, p_authority) AS d;
    FOR v IN SELECT m.authority_id FROM member AS m
              WHERE m.principal_id = p_principal
                AND (p_authority IS NULL OR m.authority_id = p_authority)
              ORDER BY m.authority_id LOOP
        PERFORM set_config('pledge.authority', v, true);
        RETURN QUERY SELECT d.* FROM personal_of_place(p_principal, v) AS d;
    END LOOP;
    PERFORM set_config('pledge.authority', v_call, true);
    RETURN QUERY
        SELECT 'audit_entry', 'peer', concat_ws(' ', e.kind, e.method, e.outcome, nullif(e.role, ''),
                   'from ' || nullif(e.peer, '')), e.recorded_at,
               CASE e.authority_id WHEN '' THEN '' ELSE 'authorities/' || e.authority_id || '/' END
                   || 'auditEntries/' || e.number
          FROM audit_entry AS e
         WHERE e.principal = p_principal::text
           AND (p_authority IS NULL OR e.authority_id = p_authority)
         ORDER BY e.recorded_at, e.authority_id, e.number;
END
$$;

CREATE FUNCTION personal_may(p_member text) RETURNS member
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
DECLARE
    v member;
BEGIN
    IF app_role() IS NULL OR app_role() NOT IN ('host_administrator', 'council_administrator') THEN
        PERFORM fail('PL403', 'Only a council or host administrator may see or erase what is held on'
            ' others.');
    END IF;
    SELECT * INTO v FROM member WHERE authority_id = app_authority() AND member_id = p_member;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no member ' || p_member || '.', 'name');
    END IF;
    RETURN v;
END
$$;

CREATE FUNCTION personal_export(p_member text)
RETURNS TABLE (place bigint, table_name text, field text, value text, held_since timestamptz,
               resource text)
LANGUAGE sql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
    SELECT d.ordinality, d.table_name, d.field, d.value, d.held_since, d.resource
      FROM personal_rows((personal_may(p_member)).principal_id, app_authority())
           WITH ORDINALITY AS d
$$;
COMMENT ON FUNCTION personal_export(text)
    IS 'What is held on a member of the call''s authority, as far as it is the authority''s or of all.';

CREATE FUNCTION personal_export_own()
RETURNS TABLE (place bigint, table_name text, field text, value text, held_since timestamptz,
               resource text)
LANGUAGE sql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
    SELECT d.ordinality, d.table_name, d.field, d.value, d.held_since, d.resource
      FROM personal_rows(app_principal(), NULL) WITH ORDINALITY AS d
$$;
COMMENT ON FUNCTION personal_export_own() IS 'What is held on who calls, in every authority.';

-- Erasure. A place that was erased stays as it is.
ALTER TABLE member ADD COLUMN erase_time timestamptz,
    DROP CONSTRAINT member_certificate_sha256_or_user_name,
    ADD CONSTRAINT member_certificate_sha256_or_user_name
        CHECK (fingerprint IS NOT NULL OR user_name IS NOT NULL OR erase_time IS NOT NULL);
COMMENT ON CONSTRAINT member_certificate_sha256_or_user_name ON member
    IS 'certificate_sha256: a member needs a certificate, a user name, or both';

CREATE FUNCTION member_erased() RETURNS trigger
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
BEGIN
    PERFORM fail('PL412', 'What was held on the member was erased. Add a new member.', 'member.name');
    RETURN NULL;
END
$$;
CREATE TRIGGER member_erased BEFORE UPDATE ON member FOR EACH ROW WHEN (OLD.erase_time IS NOT NULL)
    EXECUTE FUNCTION member_erased();

CREATE TABLE erasure (
    authority_id text COLLATE "C" NOT NULL,
    member_id    text COLLATE "C" NOT NULL,
    table_name   text COLLATE "C" NOT NULL,
    erasure      text NOT NULL,
    cause        text NOT NULL,
    count        bigint NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT erasure_table_name_once PRIMARY KEY (authority_id, member_id, table_name),
    CONSTRAINT erasure_member_exists FOREIGN KEY (authority_id, member_id) REFERENCES member,
    CONSTRAINT erasure_erasure_known CHECK (erasure IN ('cleared', 'replaced', 'deleted', 'revoked')),
    CONSTRAINT erasure_cause_known CHECK (cause IN ('asked', 'retention'))
);
COMMENT ON TABLE erasure IS 'What was erased. After a backup is restored, it says what to erase again.';
COMMENT ON CONSTRAINT erasure_table_name_once ON erasure IS 'table_name: is counted already';
COMMENT ON CONSTRAINT erasure_member_exists ON erasure IS 'member: names no member';
COMMENT ON CONSTRAINT erasure_erasure_known ON erasure
    IS 'erasure: must be cleared, replaced, deleted or revoked';
COMMENT ON CONSTRAINT erasure_cause_known ON erasure IS 'cause: must be asked or retention';
ALTER TABLE erasure ENABLE ROW LEVEL SECURITY;
ALTER TABLE erasure FORCE ROW LEVEL SECURITY;
CREATE POLICY erasure_tenant ON erasure
    USING (authority_id = app_authority()) WITH CHECK (authority_id = app_authority());
-- The functions below run as the role that owns the schema.
CREATE POLICY request_definer ON request FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY request_definer_delete ON request FOR DELETE TO CURRENT_USER USING (true);

CREATE FUNCTION erasure_count(v member, p_cause text, p_table text, p_erasure text, p_count bigint)
RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
    INSERT INTO erasure AS e (authority_id, member_id, table_name, erasure, cause, count)
    SELECT v.authority_id, v.member_id, p_table, p_erasure, p_cause, p_count WHERE p_count > 0
    ON CONFLICT (authority_id, member_id, table_name) DO UPDATE SET count = e.count + EXCLUDED.count
$$;

-- Clears the addresses of a principal in one chain. The digest stays, so the chain still holds.
CREATE FUNCTION audit_peers_clear(p_authority text, p_principal uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_count bigint;
BEGIN
    UPDATE audit_entry SET peer = NULL, peer_salt = NULL
     WHERE authority_id = p_authority AND principal = p_principal::text AND peer IS NOT NULL;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END
$$;

-- What is the principal's own, once no place of it is left.
CREATE FUNCTION personal_erase_principal(v member, p_cause text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_id uuid := v.principal_id;
    v_user_name text := (SELECT l.user_name FROM login AS l WHERE l.principal_id = v.principal_id);
    v_count bigint;
BEGIN
    DELETE FROM attempt WHERE key = attempt_key(v_user_name, NULL)
        OR key IN (SELECT attempt_key(v_user_name, d.token_hash) FROM device AS d
                    WHERE d.principal_id = v_id);
    GET DIAGNOSTICS v_count = ROW_COUNT;
    PERFORM erasure_count(v, p_cause, 'attempt', 'deleted', v_count);
    DELETE FROM recovery_code WHERE principal_id = v_id;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    PERFORM erasure_count(v, p_cause, 'recovery_code', 'deleted', v_count);
    DELETE FROM password WHERE principal_id = v_id;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    PERFORM erasure_count(v, p_cause, 'password', 'deleted', v_count);
    DELETE FROM device WHERE principal_id = v_id;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    PERFORM erasure_count(v, p_cause, 'device', 'deleted', v_count);
    DELETE FROM invitation WHERE principal_id = v_id;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    PERFORM erasure_count(v, p_cause, 'invitation', 'deleted', v_count);
    DELETE FROM login WHERE principal_id = v_id;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    PERFORM erasure_count(v, p_cause, 'login', 'deleted', v_count);
    DELETE FROM session WHERE principal_id = v_id;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    PERFORM erasure_count(v, p_cause, 'session', 'deleted', v_count);
    DELETE FROM request WHERE principal_id = v_id;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    PERFORM erasure_count(v, p_cause, 'request', 'deleted', v_count);
    UPDATE credential SET revoke_time = now() WHERE principal_id = v_id AND revoke_time IS NULL;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    PERFORM erasure_count(v, p_cause, 'credential', 'revoked', v_count);
    UPDATE principal SET display_name = 'Erased' WHERE principal_id = v_id;
    PERFORM erasure_count(v, p_cause, 'principal', 'replaced', 1);
    PERFORM erasure_count(v, p_cause, 'audit_entry', 'cleared', audit_peers_clear('', v_id));
END
$$;

CREATE FUNCTION personal_erase_place(v member, p_cause text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_count bigint;
BEGIN
    UPDATE member SET display_name = 'Erased', user_name = NULL, erase_time = now(),
           expires_on = least(expires_on, current_date - 1)
     WHERE authority_id = v.authority_id AND member_id = v.member_id;
    PERFORM erasure_count(v, p_cause, 'member', 'replaced', 1);
    DELETE FROM session WHERE principal_id = v.principal_id AND only_authority = v.authority_id;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    PERFORM erasure_count(v, p_cause, 'session', 'deleted', v_count);
    PERFORM erasure_count(v, p_cause, 'audit_entry', 'cleared',
                          audit_peers_clear(v.authority_id, v.principal_id));
    IF NOT EXISTS (SELECT FROM member AS m
                    WHERE m.principal_id = v.principal_id AND m.erase_time IS NULL) THEN
        PERFORM personal_erase_principal(v, p_cause);
    END IF;
END
$$;

-- Erases places in their order. What changes in another authority than the call's is recorded there, too:
-- each chain has the changes of its own authority.
CREATE FUNCTION personal_erase(p_places member[], p_cause text, p_method text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_call text := coalesce(current_setting('pledge.authority', true), '');
    v_first text := '';
    v_last text := '';
    v member;
BEGIN
    SET CONSTRAINTS ALL IMMEDIATE; -- the changes are counted as they are made
    FOREACH v IN ARRAY p_places LOOP
        PERFORM set_config('pledge.authority', v.authority_id, true),
            set_config('pledge.change_first', '', true), set_config('pledge.change_last', '', true),
            set_config('pledge.change_authority', '', true), set_config('pledge.changed', '', true);
        PERFORM personal_erase_place(v, p_cause);
        IF v.authority_id = v_call THEN
            v_first := current_setting('pledge.change_first');
            v_last := current_setting('pledge.change_last');
        ELSE
            PERFORM audit_append(v.authority_id, 'write', p_method, 'OK', '', '', '', 0,
                current_setting('pledge.change_first')::bigint,
                current_setting('pledge.change_last')::bigint);
        END IF;
    END LOOP;
    PERFORM set_config('pledge.authority', v_call, true),
        set_config('pledge.change_first', v_first, true),
        set_config('pledge.change_last', v_last, true),
        set_config('pledge.change_authority', CASE v_first WHEN '' THEN '' ELSE v_call END, true);
END
$$;
COMMENT ON FUNCTION personal_erase(member[], text, text)
    IS 'Erases what is held on these places, and on a principal with its last one.';

CREATE FUNCTION personal_erase_member(p_member text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
DECLARE
    v member := personal_may(p_member);
BEGIN
    PERFORM principal_is_ours(v.principal_id, 'name');
    PERFORM FROM principal WHERE principal_id = v.principal_id FOR UPDATE; -- one erasure at a time
    SELECT * INTO v FROM member WHERE authority_id = app_authority() AND member_id = p_member;
    IF v.erase_time IS NOT NULL THEN
        PERFORM fail('PL412', 'What was held on ' || p_member || ' was erased already.', 'name');
    END IF;
    PERFORM personal_erase(
        ARRAY(SELECT m FROM member AS m
               WHERE m.principal_id = v.principal_id AND m.erase_time IS NULL
               ORDER BY m.authority_id),
        'asked', 'pledge.v1.PersonalDataService/ErasePersonalData');
END
$$;
COMMENT ON FUNCTION personal_erase_member(text)
    IS 'Erases what is held on a member, in every authority that the principal has a place in.';

COMMIT;
