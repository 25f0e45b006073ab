-- SPDX-License-Identifier: Apache-2.0
-- Verify pledge:briefing on pg
BEGIN;

SELECT authority_id, briefing_id, kind, title, topic, held_on, create_time, update_time, revision
  FROM pledge.briefing WHERE false;
SELECT authority_id, briefing_id, body_id FROM pledge.briefing_body WHERE false;
SELECT authority_id, briefing_id, body_id, body_member_id, entry, attendance, party, recorded_at
  FROM pledge.briefing_attendance WHERE false;
SELECT authority_id, briefing_id, owner_id, entry, people, recorded_at
  FROM pledge.briefing_headcount WHERE false;
SELECT 1 / (count(*) = 4)::int FROM pg_class
 WHERE oid IN ('pledge.briefing'::regclass,
               'pledge.briefing_body'::regclass,
               'pledge.briefing_attendance'::regclass,
               'pledge.briefing_headcount'::regclass)
   AND relrowsecurity AND relforcerowsecurity;
SELECT 'pledge.is_members_seat(text)'::regprocedure;
SELECT 'pledge.briefing_seats(text, date)'::regprocedure;
SELECT 'pledge.briefing_headcounts(text, date)'::regprocedure;
SELECT 'pledge.briefings(date, date)'::regprocedure;
SELECT 'pledge.briefing_coverage(text, text, date, date, date)'::regprocedure;
SELECT 'pledge.briefing_create(text, text, text, text, date, text[])'::regprocedure;
SELECT 'pledge.briefing_update(text, text, text, date, text, text[])'::regprocedure;
SELECT 'pledge.briefing_attend(text, text[], text[], text[], text[], integer[])'::regprocedure;
SELECT 1 / (count(*) > 0)::int FROM pledge.role_permission WHERE permission = 'briefing.read';

ROLLBACK;
