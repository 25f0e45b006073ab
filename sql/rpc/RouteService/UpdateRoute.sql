-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.RouteService/UpdateRoute
-- permission: route.write
-- tx: write
SELECT route_revise(
    :route.name/routes::text, :route.etag::text, :route.display_name::text, :route.steps.step_id::text[],
    :route.steps.body/bodies::text[], :route.steps.days_allowed::int4[],
    :route.steps.call_in_days::int4[], :route.moves.step_id::text[], :route.moves.decision::text[],
    :route.moves.leads_to::text[], :route.moves.to_step_id::text[], :route.recorders.step_id::text[],
    :route.recorders.role::text[], :update_mask.paths::text[],
    :route.steps.working_days::bool[]);
-- into: route
SELECT name, display_name, revision, create_time, etag
  FROM route_resource
 WHERE authority_id = app_authority() AND route_id = :route.name/routes::text AND route_revision = (SELECT route_latest(:route.name/routes::text));
-- into: route.steps
SELECT step_id, body, body_display_name, days_allowed, call_in_days, working_days
  FROM route_step_resource
 WHERE authority_id = app_authority() AND route_id = :route.name/routes::text AND route_revision = (SELECT route_latest(:route.name/routes::text))
 ORDER BY position;
-- into: route.moves
SELECT step_id, decision, leads_to, to_step_id
  FROM route_move_resource
 WHERE authority_id = app_authority() AND route_id = :route.name/routes::text AND route_revision = (SELECT route_latest(:route.name/routes::text))
 ORDER BY position;
-- into: route.recorders
SELECT c.step_id, c.role
  FROM route_recorder AS c
  JOIN route_step AS s ON s.authority_id = c.authority_id AND s.route_id = c.route_id
   AND s.route_revision = c.route_revision AND s.step_id = c.step_id
 WHERE c.authority_id = app_authority() AND c.route_id = :route.name/routes::text AND c.route_revision = (SELECT route_latest(:route.name/routes::text))
 ORDER BY s.position, c.role;
