-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.MeetingService/AddPaper
-- permission: meeting.record
-- tx: write
SELECT paper_add(
    :parent/bodies::text, :parent/bodies/meetings::text, :paper.item::int4, :paper.title::text,
    :paper.author::text, :paper.reference::text, :paper.content_hash::text);
-- into: paper
SELECT item, title, author, reference, content_hash
  FROM meeting_paper
 WHERE authority_id = app_authority() AND body_id = :parent/bodies::text
   AND meeting_id = :parent/bodies/meetings::text AND item = :paper.item::int4
   AND recorded_at = request_time(:request_id::text)
 ORDER BY paper DESC
 LIMIT 1;
