-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ReturnService/ListReturnChecks
-- permission: known
-- tx: read
-- into: return_checks
SELECT code, field, layer, asks, rule, remedy
  FROM return_check
 WHERE code > (SELECT page_after(:page_token::text, 'return_checks'))
 ORDER BY code
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT c.code
      FROM return_check AS c
     WHERE c.code > (SELECT page_after(:page_token::text, 'return_checks'))
     ORDER BY c.code
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'return_checks', :page_token::text) AS next_page_token;
