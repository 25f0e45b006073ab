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
SELECT 'authorities/' || r.authority_id || '/rounds/' || r.round_id AS "name",
       r.title AS "title",
       'authorities/' || r.authority_id || '/pledges/' || r.pledge_id || '/versions/'
           || r.version_number AS "version",
       r.observed_from AS "observed_from",
       r.observed_to AS "observed_to",
       r.opens_on AS "opens_on",
       r.due_on AS "due_on",
       r.closes_on AS "closes_on",
       round_state(r.opens_on, r.due_on, r.closes_on, r.close_time) AS "state",
       r.close_time AS "close_time",
       r.create_time AS "create_time",
       r.update_time AS "update_time",
       etag(r.revision) AS "etag"
  FROM round AS r
 WHERE r.authority_id = app_authority() AND r.round_id = :round.name/rounds::text;
