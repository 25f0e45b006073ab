-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ChildrenInCareCouncilService/ListCouncilSessions
-- permission: cicc.read
-- tx: read
-- into: sessions
SELECT name, body_display_name, held_on, participants, suppressed, themes, create_time
  FROM cicc_session_resource
 CROSS JOIN page_after_day(:page_token::text, 'sessions') AS k
 WHERE authority_id = app_authority()
   AND (held_on, (body_id || '/' || meeting_id) COLLATE "C") < (k.ret_day, k.ret_id)
   AND held_on <= (SELECT as_at_day(:as_at::date))
   AND create_time::date <= coalesce(:known_on::date, '9999-12-31')
 ORDER BY held_on DESC, (body_id || '/' || meeting_id) COLLATE "C" DESC
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT held_on || ' ' || (body_id || '/' || meeting_id) COLLATE "C"
      FROM cicc_session_resource
     CROSS JOIN page_after_day(:page_token::text, 'sessions') AS k
     WHERE authority_id = app_authority()
       AND (held_on, (body_id || '/' || meeting_id) COLLATE "C") < (k.ret_day, k.ret_id)
       AND held_on <= (SELECT as_at_day(:as_at::date))
   AND create_time::date <= coalesce(:known_on::date, '9999-12-31')
     ORDER BY held_on DESC, (body_id || '/' || meeting_id) COLLATE "C" DESC
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'sessions', :page_token::text) AS next_page_token;
