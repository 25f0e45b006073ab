-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.SignUpService/CreateSigningEvent
-- permission: sign_up.record
-- tx: write
SELECT signing_event_create(:signing_event_id::text, :signing_event.version/pledges::text,
                            :signing_event.version/pledges/versions::text, :signing_event.title::text,
                            :signing_event.place::text, :signing_event.held_on::date,
                            :signing_event.launch_event/launchEvents::text);
-- into: signing_event
SELECT name, version, title, place, held_on, launch_event, create_time
  FROM signing_event_resource
 WHERE authority_id = app_authority() AND signing_event_id = :signing_event_id::text;
