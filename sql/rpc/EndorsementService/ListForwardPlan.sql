-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.EndorsementService/ListForwardPlan
-- permission: endorsement.read
-- tx: read
-- into: notices
SELECT endorsement, pledge_title, meeting, body_display_name, held_on, published_on, days_of_notice,
       urgency_reason
  FROM forward_plan((SELECT as_at_day(:as_at::date)))
 WHERE place COLLATE "C" > (SELECT page_after(:page_token::text, 'notices'))
 ORDER BY place COLLATE "C"
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT place COLLATE "C"
      FROM forward_plan((SELECT as_at_day(:as_at::date)))
     WHERE place COLLATE "C" > (SELECT page_after(:page_token::text, 'notices'))
     ORDER BY place COLLATE "C"
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'notices', :page_token::text) AS next_page_token;
