-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.WorkProgrammeService/RecordWorkProgress
-- permission: work.record
-- tx: write
SELECT work_progress_add(
    :parent/workItems::text, :progress.state::text, :progress.rating::text, :progress.narrative::text,
    :progress.reason::text, :progress.happened_on::date);
-- into: progress
SELECT state, rating, narrative, reason, happened_on, recorded_at AS create_time
  FROM work_progress
 WHERE authority_id = app_authority() AND work_item_id = :parent/workItems::text
   AND recorded_at = request_time(:request_id::text)
 ORDER BY progress DESC
 LIMIT 1;
