-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.TaskService/ListTasks
-- permission: task.read
-- tx: read
-- recall: no
-- into: .
SELECT coalesce(array_agg(f.kind ORDER BY f.n) FILTER (WHERE f.n <= f.most), '{}') AS "tasks.kind",
       coalesce(array_agg(f.name ORDER BY f.n) FILTER (WHERE f.n <= f.most), '{}') AS "tasks.name",
       coalesce(array_agg(f.title ORDER BY f.n) FILTER (WHERE f.n <= f.most), '{}') AS "tasks.title",
       coalesce(array_agg(f.due_on ORDER BY f.n) FILTER (WHERE f.n <= f.most), '{}') AS "tasks.due_on",
       coalesce(array_agg(f.days_late ORDER BY f.n) FILTER (WHERE f.n <= f.most), '{}') AS "tasks.days_late",
       coalesce(array_agg(f.count ORDER BY f.n) FILTER (WHERE f.n <= f.most), '{}') AS "tasks.count",
       page_next(coalesce(array_agg(f.place ORDER BY f.n), '{}'), :page_size::int4, 'tasks',
                 :page_token::text) AS next_page_token
  FROM (SELECT t.place, t.kind, t.name, t.title, t.due_on, t.days_late, t.count,
               row_number() OVER (ORDER BY t.place COLLATE "C") AS n,
               page_limit(:page_size::int4) AS most
          FROM tasks() AS t
         WHERE t.place COLLATE "C" > (SELECT page_after(:page_token::text, 'tasks'))) AS f
 WHERE f.n <= f.most + 1;
