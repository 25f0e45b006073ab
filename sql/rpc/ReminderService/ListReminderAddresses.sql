-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ReminderService/ListReminderAddresses
-- permission: reminder.read
-- tx: read
-- into: addresses
SELECT x.level, x.owner, x.email
  FROM reminder_address_resource AS x
 WHERE x.authority_id = app_authority()
   AND x.address_key > (SELECT page_after(:page_token::text, 'addresses'))
 ORDER BY x.address_key
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT x.address_key
      FROM reminder_address AS x
     WHERE x.authority_id = app_authority()
       AND x.address_key > (SELECT page_after(:page_token::text, 'addresses'))
     ORDER BY x.address_key
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'addresses', :page_token::text) AS next_page_token;
