-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.BriefingService/ListBriefings
-- permission: briefing.read
-- tx: read
-- into: briefings
SELECT name, kind, title, topic, held_on, planned, bodies, member_count, present_count, parties,
       people_count, create_time, update_time, etag
  FROM briefings((SELECT as_at_day(:as_at::date)), coalesce(:known_on::date, '9999-12-31'))
 CROSS JOIN page_after_day(:page_token::text, 'briefings') AS k
 WHERE (held_on, briefing_id COLLATE "C") < (k.ret_day, k.ret_id)
   AND (kind = :kind::text OR :kind::text = '')
 ORDER BY held_on DESC, briefing_id COLLATE "C" DESC
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT held_on || ' ' || briefing_id
      FROM briefings((SELECT as_at_day(:as_at::date)), coalesce(:known_on::date, '9999-12-31'))
     CROSS JOIN page_after_day(:page_token::text, 'briefings') AS k
     WHERE (held_on, briefing_id COLLATE "C") < (k.ret_day, k.ret_id)
       AND (kind = :kind::text OR :kind::text = '')
     ORDER BY held_on DESC, briefing_id COLLATE "C" DESC
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'briefings', :page_token::text) AS next_page_token;
