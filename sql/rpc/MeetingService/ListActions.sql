-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.MeetingService/ListActions
-- permission: action.read
-- tx: read
-- into: actions
SELECT name, held_on, item, text, owner, seat_id, owner_display_name, due_on, state, note, noted_on,
       note_count, days_over
  FROM action_standing((SELECT as_at_day(:as_at::date)), coalesce(:known_on::date, '9999-12-31'))
 WHERE (state = 'open' OR NOT :open_only::bool)
   AND place COLLATE "C" > (SELECT page_after(:page_token::text, 'actions'))
 ORDER BY place COLLATE "C"
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT place COLLATE "C"
      FROM action_standing((SELECT as_at_day(:as_at::date)), coalesce(:known_on::date, '9999-12-31'))
     WHERE (state = 'open' OR NOT :open_only::bool)
       AND place COLLATE "C" > (SELECT page_after(:page_token::text, 'actions'))
     ORDER BY place COLLATE "C"
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'actions', :page_token::text) AS next_page_token;
