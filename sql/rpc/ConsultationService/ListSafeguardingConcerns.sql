-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ConsultationService/ListSafeguardingConcerns
-- permission: safeguarding.read
-- tx: read
-- audit: read
-- into: concerns
SELECT name, consultation, prompt, group_id, received_on, text, reason, mark_time, was_shown
  FROM safeguarding_concerns()
 WHERE text_id > (SELECT page_after(:page_token::text, 'concerns'))
 ORDER BY text_id
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT c.text_id
      FROM safeguarding_concerns() AS c
     WHERE c.text_id > (SELECT page_after(:page_token::text, 'concerns'))
     ORDER BY c.text_id
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'concerns', :page_token::text) AS next_page_token;
