-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.WorkProgrammeService/AddMilestone
-- permission: work.write
-- tx: write
SELECT work_milestone_add(:parent/workItems::text, :milestone.title::text, :milestone.due_on::date);
-- into: milestone
SELECT name, title, due_on, state, marked_on, note, days_over
  FROM work_milestones_at(current_date, '9999-12-31')
 WHERE work_item_id = :parent/workItems::text
   AND milestone IN (SELECT m.milestone FROM work_milestone AS m
                      WHERE m.authority_id = app_authority() AND m.work_item_id = :parent/workItems::text
                        AND m.recorded_at = request_time(:request_id::text))
 ORDER BY milestone DESC
 LIMIT 1;
