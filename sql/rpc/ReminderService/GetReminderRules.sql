-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ReminderService/GetReminderRules
-- permission: reminder.read
-- tx: read
-- into: .
SELECT reminder_etag() AS etag;
-- into: rules
SELECT r.rule_id, r.about, r.days, r.level
  FROM reminder_rule_resource AS r
 WHERE r.authority_id = app_authority()
 ORDER BY r.position;
