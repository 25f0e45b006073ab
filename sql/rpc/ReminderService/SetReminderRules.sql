-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ReminderService/SetReminderRules
-- permission: reminder.write
-- tx: write
SELECT reminder_rules_set(:rules.rule_id::text[], :rules.about::text[], :rules.days::int4[],
    :rules.level::text[], :etag::text);
-- into: .
SELECT reminder_etag() AS etag;
-- into: rules
SELECT r.rule_id, r.about, r.days, r.level
  FROM reminder_rule_resource AS r
 WHERE r.authority_id = app_authority()
 ORDER BY r.position;
