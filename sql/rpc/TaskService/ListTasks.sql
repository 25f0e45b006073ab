-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.TaskService/ListTasks
-- permission: task.read
-- tx: read
-- recall: no
-- into: tasks
SELECT kind, name, title, due_on, days_late, count
  FROM tasks()
 WHERE place COLLATE "C" > (SELECT page_after(:page_token::text, 'tasks'))
 ORDER BY place COLLATE "C"
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT place COLLATE "C"
      FROM tasks()
     WHERE place COLLATE "C" > (SELECT page_after(:page_token::text, 'tasks'))
     ORDER BY place COLLATE "C"
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'tasks', :page_token::text) AS next_page_token;
