-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ChildrenInCareCouncilService/ListMakeUps
-- permission: cicc.read
-- tx: read
-- into: make_ups
SELECT name, counted_on, size, suppressed, "groups.kind", "groups.label", "groups.count",
       "groups.suppressed", create_time
  FROM make_up_resource
 CROSS JOIN page_after_day(:page_token::text, 'make_ups') AS k
 WHERE authority_id = app_authority()
   AND (counted_on, make_up_id) < (k.ret_day, k.ret_id)
   AND counted_on <= (SELECT as_at_day(:as_at::date))
   AND create_time::date <= coalesce(:known_on::date, '9999-12-31')
 ORDER BY counted_on DESC, make_up_id DESC
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT counted_on || ' ' || make_up_id
      FROM make_up_resource
     CROSS JOIN page_after_day(:page_token::text, 'make_ups') AS k
     WHERE authority_id = app_authority()
       AND (counted_on, make_up_id) < (k.ret_day, k.ret_id)
       AND counted_on <= (SELECT as_at_day(:as_at::date))
   AND create_time::date <= coalesce(:known_on::date, '9999-12-31')
     ORDER BY counted_on DESC, make_up_id DESC
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'make_ups', :page_token::text) AS next_page_token;
