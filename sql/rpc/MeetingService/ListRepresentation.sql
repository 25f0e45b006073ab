-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.MeetingService/ListRepresentation
-- permission: meeting.read
-- tx: read
-- into: representation
SELECT meeting, held_on, quorum, present_count, seat_count, quorate, parties
  FROM meeting_presence(:parent/bodies::text, (SELECT as_at_day(:as_at::date)), coalesce(:known_on::date, '9999-12-31'))
 CROSS JOIN page_after_day(:page_token::text, 'representation') AS k
 WHERE (held_on, meeting_id COLLATE "C") < (k.ret_day, k.ret_id)
 ORDER BY held_on DESC, meeting_id COLLATE "C" DESC
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT held_on || ' ' || meeting_id
      FROM meeting_presence(:parent/bodies::text, (SELECT as_at_day(:as_at::date)), coalesce(:known_on::date, '9999-12-31'))
     CROSS JOIN page_after_day(:page_token::text, 'representation') AS k
     WHERE (held_on, meeting_id COLLATE "C") < (k.ret_day, k.ret_id)
     ORDER BY held_on DESC, meeting_id COLLATE "C" DESC
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'representation', :page_token::text) AS next_page_token
  FROM body AS b
 WHERE b.authority_id = app_authority() AND b.body_id = :parent/bodies::text;
