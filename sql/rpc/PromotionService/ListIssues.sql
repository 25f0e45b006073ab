-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.PromotionService/ListIssues
-- permission: promotion.read
-- tx: read
-- into: issues
SELECT name, version, audience, form, language, quantity, issued_on, acknowledged, create_time
  FROM issue_resource
 CROSS JOIN page_after_day(:page_token::text, 'issues') AS k
 WHERE authority_id = app_authority()
   AND (issued_on, issue_id) < (k.ret_day, k.ret_id)
 ORDER BY issued_on DESC, issue_id DESC
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT i.issued_on || ' ' || i.issue_id
      FROM issue AS i
     CROSS JOIN page_after_day(:page_token::text, 'issues') AS k
     WHERE i.authority_id = app_authority()
       AND (i.issued_on, i.issue_id) < (k.ret_day, k.ret_id)
     ORDER BY i.issued_on DESC, i.issue_id DESC
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'issues', :page_token::text) AS next_page_token;
