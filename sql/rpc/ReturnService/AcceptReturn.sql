-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ReturnService/AcceptReturn
-- permission: return.review
-- tx: write
SELECT return_move_add(:name/rounds::text, :name/rounds/returns::text, 'accepted', :etag::text,
                       '');
-- into: owner_return
SELECT name, owner, submission, state, received_on, observed_to, days_late, query, content_hash,
       create_time, etag
  FROM return_resource
 WHERE authority_id = app_authority() AND round_id = :name/rounds::text
   AND owner_id = :name/rounds/returns::text;
