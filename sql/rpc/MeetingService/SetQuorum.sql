-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.MeetingService/SetQuorum
-- permission: meeting.record
-- tx: write
SELECT quorum_set(:parent/bodies::text, :quorum.quorum::int4, :quorum.from_on::date);
-- into: quorum
SELECT quorum, from_on
  FROM body_quorum
 WHERE authority_id = app_authority() AND body_id = :parent/bodies::text
   AND from_on = coalesce(:quorum.from_on::date, current_date);
