-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:briefing from pg
BEGIN;

DELETE FROM pledge.role_permission WHERE permission LIKE 'briefing.%';
DROP FUNCTION pledge.briefing_attend(text, text[], text[], text[], text[], integer[]);
DROP FUNCTION pledge.briefing_update(text, text, text, date, text, text[]);
DROP FUNCTION pledge.briefing_create(text, text, text, text, date, text[]);
DROP FUNCTION pledge.briefing_coverage(text, text, date, date, date);
DROP FUNCTION pledge.briefings(date, date);
DROP FUNCTION pledge.briefing_headcounts(text, date);
DROP FUNCTION pledge.briefing_seats(text, date);
DROP FUNCTION pledge.is_members_seat(text);
DROP TABLE pledge.briefing_headcount;
DROP TABLE pledge.briefing_attendance;
DROP TABLE pledge.briefing_body;
DROP TABLE pledge.briefing;

COMMIT;
