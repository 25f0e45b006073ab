-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.EndorsementService/GiveNotice
-- permission: endorsement.write
-- tx: write
SELECT notice_give(
    :parent/pledges::text, :parent/pledges/versions::text,
    :parent/pledges/versions/endorsements::text, :notice.meeting/bodies::text,
    :notice.meeting/bodies/meetings::text, :notice.published_on::date,
    :notice.urgency_reason::text);
-- into: notice
SELECT endorsement, pledge_title, meeting, body_display_name, held_on, published_on, days_of_notice,
       urgency_reason
  FROM notice_resource
 WHERE authority_id = app_authority() AND pledge_id = :parent/pledges::text
   AND version_number = version_number(:parent/pledges/versions::text)
   AND endorsement_id = :parent/pledges/versions/endorsements::text
   AND body_id = :notice.meeting/bodies::text
   AND meeting_id = :notice.meeting/bodies/meetings::text;
