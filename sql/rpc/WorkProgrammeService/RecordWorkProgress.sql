-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.WorkProgrammeService/RecordWorkProgress
-- permission: work.record
-- tx: write
SELECT work_progress_add(
    :parent/workItems::text, :progress.state::text, :progress.rating::text, :progress.narrative::text,
    :progress.reason::text, :progress.happened_on::date);
-- Repeated, it tells of what it recorded, not of the last.
-- into: progress
SELECT state, rating, narrative, reason, happened_on, recorded_at AS create_time
  FROM work_progress
 WHERE authority_id = app_authority() AND work_item_id = :parent/workItems::text
   AND state = :progress.state::text AND rating = :progress.rating::text
   AND narrative = :progress.narrative::text AND reason = :progress.reason::text
   AND happened_on = coalesce(:progress.happened_on::date, happened_on)
 ORDER BY progress DESC
 LIMIT 1;
