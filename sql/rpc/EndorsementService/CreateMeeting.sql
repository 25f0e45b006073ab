-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.EndorsementService/CreateMeeting
-- permission: endorsement.decide
-- tx: write
SELECT meeting_create(:parent/bodies::text, :meeting_id::text, :meeting.held_on::date);
-- into: meeting
SELECT name, held_on, create_time
  FROM meeting_resource
 WHERE authority_id = app_authority() AND body_id = :parent/bodies::text
   AND meeting_id = :meeting_id::text;
