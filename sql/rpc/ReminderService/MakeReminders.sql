-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ReminderService/MakeReminders
-- permission: reminder.write
-- tx: write
SELECT reminder_make(app_authority());
