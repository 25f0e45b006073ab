-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:promotion from pg
BEGIN;

DELETE FROM pledge.role_permission WHERE permission LIKE 'promotion.%';
DROP FUNCTION pledge.reach(text, date);
DROP FUNCTION pledge.version_in_force(text, date);
DROP FUNCTION pledge.reach_day(text);
DROP FUNCTION pledge.launch_event_create(text, text, text, text, date, integer);
DROP FUNCTION pledge.audience_counted(text, date, integer);
DROP FUNCTION pledge.issue_acknowledge(text, integer, date);
DROP FUNCTION pledge.issue_create(text, text, text, text, text, text, integer, date);
DROP VIEW pledge.launch_event_resource;
DROP VIEW pledge.issue_resource;
DROP TABLE pledge.launch_event;
DROP TABLE pledge.audience_count;
DROP TABLE pledge.acknowledgement;
DROP TABLE pledge.issue;
DROP FUNCTION pledge.issue_audiences();

COMMIT;
