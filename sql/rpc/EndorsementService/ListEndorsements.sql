-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.EndorsementService/ListEndorsements
-- permission: endorsement.read
-- tx: read
-- into: endorsements
SELECT name, version, route, route_revision, started_on, state, step_id, body, body_display_name,
       waiting_since, days_waited, days_allowed, stalled, ended_on, effective_on, decision_count,
       last_draft, content_hash, create_time, etag
  FROM endorsement_standing((SELECT as_at_day(:as_at::date)), '9999-12-31')
 WHERE name COLLATE "C" > (SELECT page_after(:page_token::text, 'endorsements'))
 ORDER BY name COLLATE "C"
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT name COLLATE "C"
      FROM endorsement_standing((SELECT as_at_day(:as_at::date)), '9999-12-31')
     WHERE name COLLATE "C" > (SELECT page_after(:page_token::text, 'endorsements'))
     ORDER BY name COLLATE "C"
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'endorsements', :page_token::text) AS next_page_token;
