-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.WorkProgrammeService/AddMilestone
-- permission: work.write
-- tx: write
SELECT work_milestone_add(:parent/workItems::text, :milestone.title::text, :milestone.due_on::date);
-- Repeated, it tells of the one that it added, not of the last.
-- into: milestone
SELECT name, title, due_on, state, marked_on, note, days_over
  FROM work_milestones_at(current_date, '9999-12-31')
 WHERE work_item_id = :parent/workItems::text AND title = :milestone.title::text
   AND due_on = :milestone.due_on::date
 ORDER BY milestone DESC
 LIMIT 1;
