-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ReturnService/ListReturns
-- permission: return.read
-- tx: read
-- into: returns
SELECT name, owner, submission, state, received_on, observed_to, days_late, query, content_hash,
       create_time, etag
  FROM return_resource
 WHERE authority_id = app_authority() AND round_id = :parent/rounds::text
   AND owner_id > (SELECT page_after(:page_token::text, 'returns'))
 ORDER BY owner_id
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT t.owner_id
      FROM owner_return AS t
     WHERE t.authority_id = app_authority() AND t.round_id = :parent/rounds::text
       AND t.owner_id > (SELECT page_after(:page_token::text, 'returns'))
     ORDER BY t.owner_id
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'returns', :page_token::text) AS next_page_token
  FROM round AS r
 WHERE r.authority_id = app_authority() AND r.round_id = :parent/rounds::text;
