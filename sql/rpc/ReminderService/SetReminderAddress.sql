-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ReminderService/SetReminderAddress
-- permission: reminder.write
-- tx: write
SELECT reminder_address_set(:address.level::text, :address.owner::text, :address.email::text);
