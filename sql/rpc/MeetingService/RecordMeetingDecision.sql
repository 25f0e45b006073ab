-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.MeetingService/RecordMeetingDecision
-- permission: meeting.record
-- tx: write
SELECT meeting_decision_record(
    :parent/bodies::text, :parent/bodies/meetings::text, :decision.item::int4, :decision.text::text,
    :decision.proposer::text, :decision.votes_for::int4, :decision.votes_against::int4,
    :decision.votes_abstained::int4);
-- into: decision
SELECT decision, item, text, proposer, votes_for, votes_against, votes_abstained
  FROM meeting_decision
 WHERE authority_id = app_authority() AND body_id = :parent/bodies::text
   AND meeting_id = :parent/bodies/meetings::text
   AND recorded_at = request_time(:request_id::text)
 ORDER BY decision DESC
 LIMIT 1;
