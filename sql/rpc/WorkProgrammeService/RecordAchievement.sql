-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.WorkProgrammeService/RecordAchievement
-- permission: work.record
-- tx: write
SELECT work_achievement_add(
    :parent/workItems::text, :achievement.text::text, :achievement.achieved_on::date, :achievement.evidence::text);
-- Repeated, it tells of what it recorded, not of the last.
-- into: achievement
SELECT text, achieved_on, evidence
  FROM work_achievement
 WHERE authority_id = app_authority() AND work_item_id = :parent/workItems::text
   AND text = :achievement.text::text AND evidence = :achievement.evidence::text
   AND achieved_on = coalesce(:achievement.achieved_on::date, achieved_on)
 ORDER BY achievement DESC
 LIMIT 1;
