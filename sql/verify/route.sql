-- SPDX-License-Identifier: Apache-2.0
-- Verify pledge:route on pg
BEGIN;

SELECT authority_id, route_id, route_revision, display_name, recorded_at
  FROM pledge.route WHERE false;
SELECT authority_id, route_id, route_revision, step_id, position, body_id, days_allowed, call_in_days, working_days
  FROM pledge.route_step WHERE false;
SELECT authority_id, route_id, route_revision, step_id, decision, position, leads_to, to_step_id
  FROM pledge.route_move WHERE false;
SELECT authority_id, route_id, route_revision, step_id, role FROM pledge.route_recorder WHERE false;
SELECT 1 / (count(*) = 4)::int FROM pg_class
 WHERE oid IN ('pledge.route'::regclass, 'pledge.route_step'::regclass,
               'pledge.route_move'::regclass, 'pledge.route_recorder'::regclass)
   AND relrowsecurity AND relforcerowsecurity;
SELECT 1 / (count(*) = 4)::int FROM pg_policies
 WHERE schemaname = 'pledge' AND tablename IN ('route', 'route_step', 'route_move', 'route_recorder');
SELECT 1 / (count(*) > 0)::int FROM pledge.role_permission WHERE permission = 'endorsement.decide';
SELECT authority_id, route_id, route_revision, name, display_name, revision, latest, create_time, etag
  FROM pledge.route_resource WHERE false;
SELECT authority_id, route_id, route_revision, position, step_id, body, body_display_name,
       days_allowed, call_in_days, working_days
  FROM pledge.route_step_resource WHERE false;
SELECT authority_id, route_id, route_revision, position, step_id, decision, leads_to, to_step_id
  FROM pledge.route_move_resource WHERE false;
SELECT 'pledge.route_latest(text)'::regprocedure;
SELECT 'pledge.route_at(text, integer)'::regprocedure;
SELECT 'pledge.route_violations(text[], text[], text[], text[], text[], text[], text[],'
    'text[])'::regprocedure;
SELECT 'pledge.route_write(text, integer, text, text[], text[], integer[], integer[], text[],'
    'text[], text[], text[], text[], text[], boolean[])'::regprocedure;
SELECT 'pledge.route_create(text, text, text[], text[], integer[], integer[], text[], text[],'
    'text[], text[], text[], text[], boolean[])'::regprocedure;
SELECT 'pledge.route_revise(text, text, text, text[], text[], integer[], integer[], text[],'
    'text[], text[], text[], text[], text[], text[], boolean[])'::regprocedure;

SELECT 1 / (count(*) > 100)::int FROM pledge.bank_holiday;
SELECT 'pledge.working_days_after(date, integer)'::regprocedure;

ROLLBACK;
