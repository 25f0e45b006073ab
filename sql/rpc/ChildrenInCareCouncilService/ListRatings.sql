-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ChildrenInCareCouncilService/ListRatings
-- permission: rating.read
-- tx: read
-- into: ratings
SELECT name, statement_id, session, rated_on, prevailing, participants, suppressed, "counts.answer",
       "counts.count", "counts.suppressed",
       (SELECT count(*) FROM rating_reply_resource AS p
         WHERE p.rating_name = statement_rating_resource.name
           AND p.authority_id = statement_rating_resource.authority_id
           AND p.replied_on <= (SELECT as_at_day(:as_at::date))
           AND p.recorded_at::date <= coalesce(:known_on::date, '9999-12-31'))::int4 AS reply_count
  FROM statement_rating_resource
 WHERE authority_id = app_authority() AND pledge_id = :parent/pledges::text
   AND version_number = version_number(:parent/pledges/versions::text)
   AND statement_id = :parent/pledges/versions/statements::text
   AND rated_on <= (SELECT as_at_day(:as_at::date))
   AND recorded_at::date <= coalesce(:known_on::date, '9999-12-31')
 ORDER BY rated_on DESC, rating DESC;
-- into: replies
SELECT rating_name AS rating, owner, owner_display_name, replied_on, text, recorded_at AS create_time
  FROM rating_reply_resource
 WHERE authority_id = app_authority() AND pledge_id = :parent/pledges::text
   AND version_number = version_number(:parent/pledges/versions::text)
   AND statement_id = :parent/pledges/versions/statements::text
   AND replied_on <= (SELECT as_at_day(:as_at::date))
   AND recorded_at::date <= coalesce(:known_on::date, '9999-12-31')
 ORDER BY rating DESC, reply;
-- into: .
SELECT title AS statement_title
  FROM statement
 WHERE authority_id = app_authority() AND pledge_id = :parent/pledges::text
   AND version_number = version_number(:parent/pledges/versions::text)
   AND statement_id = :parent/pledges/versions/statements::text;
