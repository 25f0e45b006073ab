-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ChildrenInCareCouncilService/RecordRatings
-- permission: cicc.record
-- tx: write
SELECT ratings_record(
    :parent/bodies::text, :parent/bodies/meetings::text, :version/pledges::text,
    :version/pledges/versions::text, :ratings.statement_id::text[], :ratings.keeping::int4[],
    :ratings.partly::int4[], :ratings.not_keeping::int4[], :ratings.cannot_say::int4[],
    :words.statement_id::text[], :words.text::text[]);
-- into: ratings
SELECT name, statement_id, session, rated_on, prevailing, participants, suppressed, "counts.answer",
       "counts.count", "counts.suppressed", 0 AS reply_count
  FROM statement_rating_resource
 WHERE (authority_id, pledge_id, version_number, statement_id, rating) IN (
    SELECT r.authority_id, r.pledge_id, r.version_number, r.statement_id, max(r.rating)
      FROM statement_rating AS r
     WHERE r.authority_id = app_authority() AND r.body_id = :parent/bodies::text
       AND r.meeting_id = :parent/bodies/meetings::text AND r.pledge_id = :version/pledges::text
       AND r.version_number = version_number(:version/pledges/versions::text)
       AND r.statement_id = ANY (:ratings.statement_id::text[])
     GROUP BY 1, 2, 3, 4)
 ORDER BY statement_id;
