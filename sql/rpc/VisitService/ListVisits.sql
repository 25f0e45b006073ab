-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.VisitService/ListVisits
-- permission: visit.read
-- tx: read
-- recall: no
-- into: visits
SELECT name, provider, provides, owner, owner_display_name, visited_on, inspectors, suppressed,
       finding_count, waiting_count, open_count, overdue_count, create_time
  FROM visits((SELECT as_at_day(:as_at::date)), coalesce(:known_on::date, '9999-12-31'))
 CROSS JOIN page_after_day(:page_token::text, 'visits') AS k
 WHERE (visited_on, visit_id COLLATE "C") < (k.ret_day, k.ret_id)
 ORDER BY visited_on DESC, visit_id COLLATE "C" DESC
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT visited_on || ' ' || visit_id
      FROM visits((SELECT as_at_day(:as_at::date)), coalesce(:known_on::date, '9999-12-31'))
     CROSS JOIN page_after_day(:page_token::text, 'visits') AS k
     WHERE (visited_on, visit_id COLLATE "C") < (k.ret_day, k.ret_id)
     ORDER BY visited_on DESC, visit_id COLLATE "C" DESC
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'visits', :page_token::text) AS next_page_token;
