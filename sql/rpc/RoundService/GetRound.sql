-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.RoundService/GetRound
-- permission: round.read
-- tx: read
-- into: round
SELECT name, title, version, observed_from, observed_to, opens_on, due_on, closes_on, state,
       close_time, create_time, update_time, etag
  FROM round_resource
 WHERE authority_id = app_authority() AND round_id = :name/rounds::text;
