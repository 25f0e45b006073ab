-- SPDX-License-Identifier: Apache-2.0
-- Verify pledge:forum on pg
BEGIN;

SELECT authority_id, body_id, from_on, quorum, recorded_at FROM pledge.body_quorum WHERE false;
SELECT authority_id, body_id, meeting_id, item, part, title, recorded_at
  FROM pledge.meeting_item WHERE false;
SELECT authority_id, body_id, meeting_id, item, paper, title, author, reference, content_hash,
       recorded_at
  FROM pledge.meeting_paper WHERE false;
SELECT authority_id, body_id, meeting_id, body_member_id, entry, attendance, substitute, party,
       recorded_at
  FROM pledge.meeting_attendance WHERE false;
SELECT authority_id, body_id, meeting_id, decision, item, text, proposer, votes_for, votes_against,
       votes_abstained, recorded_at
  FROM pledge.meeting_decision WHERE false;
SELECT authority_id, body_id, meeting_id, action, item, text, owner_id, body_member_id, due_on,
       recorded_at
  FROM pledge.meeting_action WHERE false;
SELECT authority_id, body_id, meeting_id, action, note, state, text, noted_on, principal_id,
       recorded_at
  FROM pledge.action_note WHERE false;
SELECT 1 / (count(*) = 7)::int FROM pg_class
 WHERE oid IN ('pledge.body_quorum'::regclass, 'pledge.meeting_item'::regclass,
               'pledge.meeting_paper'::regclass, 'pledge.meeting_attendance'::regclass,
               'pledge.meeting_decision'::regclass, 'pledge.meeting_action'::regclass,
               'pledge.action_note'::regclass)
   AND relrowsecurity AND relforcerowsecurity;
SELECT 'pledge.meeting_seats(text, text, date)'::regprocedure;
SELECT 'pledge.meeting_presence(text, date, date)'::regprocedure;
SELECT 'pledge.action_standing(date, date)'::regprocedure;
SELECT 'pledge.matters_arising(text, text, date)'::regprocedure;
SELECT 'pledge.meeting_next(text, text, date)'::regprocedure;
SELECT 1 / (count(*) > 0)::int FROM pledge.role_permission WHERE permission = 'meeting.record';

ROLLBACK;
