-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.PledgeService/ListVersionEdits
-- permission: pledge.read
-- tx: read
-- into: edits
SELECT e.number, e.part, e.part_id, e.kind, e.field, e.text_before, e.text_after,
       w.kinds AS "words.change", w.texts AS "words.text", e.edited_by, e.edit_time
  FROM version_edit_resource AS e, word_changes(e.text_before, e.text_after) AS w
 WHERE e.authority_id = app_authority() AND e.pledge_id = :parent/pledges::text
   AND e.version_number = version_number(:parent/pledges/versions::text)
   AND e.number > (SELECT page_after_number(:page_token::text, 'edits'))
 ORDER BY e.number
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT e.number::text
      FROM version_edit AS e
     WHERE e.authority_id = app_authority() AND e.pledge_id = :parent/pledges::text
       AND e.version_number = version_number(:parent/pledges/versions::text)
       AND e.number > (SELECT page_after_number(:page_token::text, 'edits'))
     ORDER BY e.number
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'edits', :page_token::text) AS next_page_token
  FROM version AS v
 WHERE v.authority_id = app_authority() AND v.pledge_id = :parent/pledges::text
   AND v.version_number = version_number(:parent/pledges/versions::text);
