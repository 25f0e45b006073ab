-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.RoundService/UpdateRound
-- permission: round.write
-- tx: write
SELECT round_update(
    :round.name/rounds::text, :round.title::text, :round.observed_from::date,
    :round.observed_to::date, :round.opens_on::date, :round.due_on::date,
    :round.closes_on::date, :round.etag::text,
    :update_mask.paths::text[]);
-- into: round
SELECT name, title, version, observed_from, observed_to, opens_on, due_on, closes_on, state,
       close_time, create_time, update_time, etag
  FROM round_resource
 WHERE authority_id = app_authority() AND round_id = :round.name/rounds::text;
