-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.EndorsementService/ListMeetings
-- permission: endorsement.read
-- tx: read
-- into: meetings
SELECT name, held_on, create_time
  FROM meeting_resource
 CROSS JOIN page_after_day(:page_token::text, 'meetings') AS k
 WHERE authority_id = app_authority() AND body_id = :parent/bodies::text
   AND (held_on, meeting_id) < (k.ret_day, k.ret_id)
 ORDER BY held_on DESC, meeting_id DESC
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT m.held_on || ' ' || m.meeting_id
      FROM meeting AS m
     CROSS JOIN page_after_day(:page_token::text, 'meetings') AS k
     WHERE m.authority_id = app_authority() AND m.body_id = b.body_id
       AND (m.held_on, m.meeting_id) < (k.ret_day, k.ret_id)
     ORDER BY m.held_on DESC, m.meeting_id DESC
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'meetings', :page_token::text) AS next_page_token
  FROM body AS b
 WHERE b.authority_id = app_authority() AND b.body_id = :parent/bodies::text;
