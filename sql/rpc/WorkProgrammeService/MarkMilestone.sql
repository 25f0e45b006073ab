-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.WorkProgrammeService/MarkMilestone
-- permission: work.record
-- tx: write
SELECT work_milestone_mark_add(
    :name/workItems::text, :name/workItems/milestones::text, :state::text, :marked_on::date, :note::text);
-- into: milestone
SELECT name, title, due_on, state, marked_on, note, days_over
  FROM work_milestones_at(current_date, '9999-12-31')
 WHERE work_item_id = :name/workItems::text
   AND milestone = version_number(:name/workItems/milestones::text);
