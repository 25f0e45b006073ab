-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.WorkProgrammeService/UpdateWorkItem
-- permission: work.write
-- tx: write
SELECT work_item_update(
    :work_item.name/workItems::text, :work_item.etag::text, :work_item.title::text,
    :work_item.description::text, :work_item.priority::text, :work_item.owner::text,
    :work_item.resource_note::text, :work_item.cost_pence::int8, :work_item.statements/pledges::text[],
    :work_item.statements/pledges/versions::text[], :work_item.statements/pledges/versions/statements::text[],
    :work_item.due_on::date, :update_mask.paths::text[]);
-- into: work_item
SELECT name, title, description, source, heading, meeting, proposal, priority, owner, owner_display_name,
       resource_note, cost_pence, statements, due_on, added_on, state, rating, progressed_on, days_over,
       milestone_count, reached_count, offer_count, achievement_count, etag, create_time, update_time
  FROM work_items_at(current_date, '9999-12-31')
 WHERE work_item_id = :work_item.name/workItems::text;
