-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ChildrenInCareCouncilService/ReplyToRating
-- permission: rating.reply
-- tx: write
SELECT rating_reply_add(
    :name/pledges::text, :name/pledges/versions::text, :name/pledges/versions/statements::text,
    :name/pledges/versions/statements/ratings::text, :text::text);
-- into: reply
SELECT rating_name AS rating, owner, owner_display_name, replied_on, text, recorded_at AS create_time
  FROM rating_reply_resource
 WHERE authority_id = app_authority() AND pledge_id = :name/pledges::text
   AND version_number = version_number(:name/pledges/versions::text)
   AND statement_id = :name/pledges/versions/statements::text
   AND rating = version_number(:name/pledges/versions/statements/ratings::text)
   AND recorded_at = request_time(:request_id::text)
 ORDER BY reply DESC
 LIMIT 1;
