-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.RouteService/ListRoutes
-- permission: route.read
-- tx: read
-- into: routes
SELECT name, display_name, revision, create_time, etag
  FROM route_resource
 WHERE authority_id = app_authority() AND latest
   AND route_id > (SELECT page_after(:page_token::text, 'routes'))
 ORDER BY route_id
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT r.route_id
      FROM route_resource AS r
     WHERE r.authority_id = app_authority() AND r.latest
       AND r.route_id > (SELECT page_after(:page_token::text, 'routes'))
     ORDER BY r.route_id
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'routes', :page_token::text) AS next_page_token;
