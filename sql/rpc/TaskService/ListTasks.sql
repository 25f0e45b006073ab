-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.TaskService/ListTasks
-- permission: task.read
-- tx: read
-- recall: no
-- into: .
WITH found AS MATERIALIZED (
    SELECT t.place COLLATE "C" AS place, t.kind, t.name, t.title, t.due_on, t.days_late, t.count
      FROM tasks() AS t
     WHERE t.place COLLATE "C" > (SELECT page_after(:page_token::text, 'tasks'))
     ORDER BY t.place COLLATE "C"
     LIMIT page_limit(:page_size::int4) + 1
), page AS MATERIALIZED (
    SELECT place, kind, name, title, due_on, days_late, count FROM found
     ORDER BY place LIMIT page_limit(:page_size::int4)
)
SELECT ARRAY(SELECT kind FROM page ORDER BY place) AS "tasks.kind",
       ARRAY(SELECT name FROM page ORDER BY place) AS "tasks.name",
       ARRAY(SELECT title FROM page ORDER BY place) AS "tasks.title",
       ARRAY(SELECT due_on FROM page ORDER BY place) AS "tasks.due_on",
       ARRAY(SELECT days_late FROM page ORDER BY place) AS "tasks.days_late",
       ARRAY(SELECT count FROM page ORDER BY place) AS "tasks.count",
       page_next(ARRAY(SELECT place FROM found ORDER BY place), :page_size::int4, 'tasks',
                 :page_token::text) AS next_page_token;
