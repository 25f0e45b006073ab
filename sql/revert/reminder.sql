-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:reminder from pg
BEGIN;

DELETE FROM pledge.role_permission WHERE permission IN ('reminder.read', 'reminder.write');
DROP FUNCTION pledge.reminder_told(text, int, text, boolean);
DROP FUNCTION pledge.reminder_job(int, int);
DROP FUNCTION pledge.reminder_make(text);
DROP FUNCTION pledge.reminder_body(text, text, text, text, text, text, text, date, text);
DROP FUNCTION pledge.one_line(text);
DROP FUNCTION pledge.reminder_address_set(text, text, text);
DROP FUNCTION pledge.reminder_rules_set(text[], text[], int[], text[], text);
DROP FUNCTION pledge.reminder_etag();
DROP VIEW pledge.reminder_resource;
DROP VIEW pledge.reminder_address_resource;
DROP TABLE pledge.reminder;
DROP TABLE pledge.reminder_address;
DROP VIEW pledge.reminder_rule_resource;
DROP TABLE pledge.reminder_rule;
DROP TABLE pledge.reminder_policy;
DROP TABLE pledge.reminder_default;

COMMIT;
