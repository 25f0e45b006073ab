-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.RoundService/ListRounds
-- permission: round.read
-- tx: read
-- into: rounds
SELECT name, title, version, observed_from, observed_to, opens_on, due_on, closes_on, state,
       close_time, create_time, update_time, etag
  FROM round_resource
 CROSS JOIN page_after_day(:page_token::text, 'rounds') AS k
 WHERE authority_id = app_authority()
   AND (observed_to, round_id) < (k.ret_day, k.ret_id)
 ORDER BY observed_to DESC, round_id DESC
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT r.observed_to || ' ' || r.round_id
      FROM round AS r
     CROSS JOIN page_after_day(:page_token::text, 'rounds') AS k
     WHERE r.authority_id = app_authority()
       AND (r.observed_to, r.round_id) < (k.ret_day, k.ret_id)
     ORDER BY r.observed_to DESC, r.round_id DESC
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'rounds', :page_token::text) AS next_page_token;
