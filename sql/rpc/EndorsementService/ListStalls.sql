-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.EndorsementService/ListStalls
-- permission: endorsement.read
-- tx: read
-- into: stalls
SELECT endorsement, pledge_title, body, body_display_name, waiting_since, days_waited, days_allowed,
       days_over
  FROM stalls((SELECT as_at_day(:as_at::date)))
 WHERE place COLLATE "C" > (SELECT page_after(:page_token::text, 'stalls'))
 ORDER BY place COLLATE "C"
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT place COLLATE "C"
      FROM stalls((SELECT as_at_day(:as_at::date)))
     WHERE place COLLATE "C" > (SELECT page_after(:page_token::text, 'stalls'))
     ORDER BY place COLLATE "C"
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'stalls', :page_token::text) AS next_page_token;
