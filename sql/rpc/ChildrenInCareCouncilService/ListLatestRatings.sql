-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ChildrenInCareCouncilService/ListLatestRatings
-- permission: rating.read
-- tx: read
-- into: ratings
SELECT name, statement_id, session, rated_on, prevailing, participants, suppressed,
       answers AS "counts.answer", counts AS "counts.count", withheld AS "counts.suppressed",
       reply_count
  FROM young_ratings(:parent/pledges::text, version_number(:parent/pledges/versions::text),
                     (SELECT as_at_day(:as_at::date)), coalesce(:known_on::date, '9999-12-31'));
-- into: .
SELECT 'authorities/' || authority_id || '/pledges/' || pledge_id || '/versions/' || version_number
           AS version
  FROM version
 WHERE authority_id = app_authority() AND pledge_id = :parent/pledges::text
   AND version_number = version_number(:parent/pledges/versions::text);
