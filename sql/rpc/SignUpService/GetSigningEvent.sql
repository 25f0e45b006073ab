-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.SignUpService/GetSigningEvent
-- permission: sign_up.read
-- tx: read
-- into: signing_event
SELECT name, version, title, place, held_on, launch_event, create_time
  FROM signing_event_resource
 WHERE authority_id = app_authority() AND signing_event_id = :name/signingEvents::text;
