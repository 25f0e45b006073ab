-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:route from pg
BEGIN;

DROP FUNCTION pledge.route_revise(text, text, text, text[], text[], integer[], integer[], text[],
    text[], text[], text[], text[], text[], text[], boolean[]);
DROP FUNCTION pledge.route_create(text, text, text[], text[], integer[], integer[], text[], text[],
    text[], text[], text[], text[], boolean[]);
DROP FUNCTION pledge.route_write(text, integer, text, text[], text[], integer[], integer[], text[],
    text[], text[], text[], text[], text[], boolean[]);
DROP FUNCTION pledge.route_violations(text[], text[], text[], text[], text[], text[], text[],
    text[]);
DROP FUNCTION pledge.route_at(text, integer);
DROP FUNCTION pledge.route_latest(text);
DROP VIEW pledge.route_move_resource;
DROP VIEW pledge.route_step_resource;
DROP VIEW pledge.route_resource;
DELETE FROM pledge.role_permission WHERE permission ~ '^(route|endorsement)\.';
DROP TABLE pledge.route_recorder;
DROP TABLE pledge.route_move;
DROP TABLE pledge.route_step;
DROP TABLE pledge.route;
DROP FUNCTION pledge.working_days_after(date, integer);
DROP TABLE pledge.bank_holiday;

COMMIT;
