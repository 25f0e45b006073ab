-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.SignUpService/ListSigningEvents
-- permission: sign_up.read
-- tx: read
-- into: signing_events
SELECT name, version, title, place, held_on, launch_event, create_time
  FROM signing_event_resource
 CROSS JOIN page_after_day(:page_token::text, 'signing_events') AS k
 WHERE authority_id = app_authority()
   AND (held_on, signing_event_id) < (k.ret_day, k.ret_id)
 ORDER BY held_on DESC, signing_event_id DESC
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT e.held_on || ' ' || e.signing_event_id
      FROM signing_event AS e
     CROSS JOIN page_after_day(:page_token::text, 'signing_events') AS k
     WHERE e.authority_id = app_authority()
       AND (e.held_on, e.signing_event_id) < (k.ret_day, k.ret_id)
     ORDER BY e.held_on DESC, e.signing_event_id DESC
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'signing_events', :page_token::text) AS next_page_token;
