-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ReminderService/ListReminders
-- permission: reminder.read
-- tx: read
-- recall: no
-- into: reminders
SELECT m.number, m.rule_id, m.about, m.level, m.round, m.owner, m.due_on, m.email, m.subject, m.body,
       m.state, m.tries, m.problem, m.send_time, m.create_time
  FROM reminder_resource AS m
 WHERE m.authority_id = app_authority()
   AND m.number < (SELECT coalesce(nullif(page_after_number(:page_token::text, 'reminders'), 0),
                                   1000000000))
 ORDER BY m.number DESC
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT m.number::text
      FROM reminder AS m
     WHERE m.authority_id = app_authority()
       AND m.number < (SELECT coalesce(nullif(page_after_number(:page_token::text, 'reminders'), 0),
                                       1000000000))
     ORDER BY m.number DESC
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'reminders', :page_token::text) AS next_page_token;
