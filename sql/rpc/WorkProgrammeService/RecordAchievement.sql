-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.WorkProgrammeService/RecordAchievement
-- permission: work.record
-- tx: write
SELECT work_achievement_add(
    :parent/workItems::text, :achievement.text::text, :achievement.achieved_on::date, :achievement.evidence::text);
-- into: achievement
SELECT text, achieved_on, evidence
  FROM work_achievement
 WHERE authority_id = app_authority() AND work_item_id = :parent/workItems::text
   AND recorded_at = request_time(:request_id::text)
 ORDER BY achievement DESC
 LIMIT 1;
