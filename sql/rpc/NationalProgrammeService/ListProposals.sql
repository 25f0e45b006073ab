-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.NationalProgrammeService/ListProposals
-- permission: work.read
-- tx: read
-- into: proposals
SELECT name, number, area, area_title, text, priority AS "decision.priority", owner AS "decision.owner",
       target AS "decision.target", resource_note AS "decision.resource_note",
       cost_pence AS "decision.cost_pence", set_aside AS "decision.set_aside", reason AS "decision.reason",
       decided_on AS "decision.decided_on", owner_display_name, state, work_item, days_over
  FROM proposals_at((SELECT as_at_day(:as_at::date)), coalesce(:known_on::date, '9999-12-31'))
 WHERE programme_id = :parent/programmes::text
   AND (:area::int4 = 0 OR area = :area::int4)
   AND (:state::text = '' OR state = :state::text)
   AND (days_over > 0 OR NOT :overdue_only::bool)
   AND number > (SELECT page_after_number(:page_token::text, 'proposals'))
 ORDER BY number
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT number::text
      FROM proposals_at((SELECT as_at_day(:as_at::date)), coalesce(:known_on::date, '9999-12-31'))
     WHERE programme_id = :parent/programmes::text
       AND (:area::int4 = 0 OR area = :area::int4)
       AND (:state::text = '' OR state = :state::text)
       AND (days_over > 0 OR NOT :overdue_only::bool)
       AND number > (SELECT page_after_number(:page_token::text, 'proposals'))
     ORDER BY number
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'proposals', :page_token::text) AS next_page_token
  FROM programme_resource AS p
 WHERE p.authority_id = app_authority() AND p.programme_id = :parent/programmes::text
   AND p.published_on <= (SELECT as_at_day(:as_at::date))
   AND p.create_time::date <= coalesce(:known_on::date, '9999-12-31');
