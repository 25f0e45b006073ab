-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.RoundService/ExtendReturn
-- permission: round.write
-- tx: write
SELECT round_extend(:name/rounds::text, :owner::text, :due_on::date, :reason::text);
-- into: expected_return
SELECT resource_name AS owner, display_name AS owner_display_name, state, received_on, days_late,
       commitment_count, query, due_on, extension_reason
  FROM expected_return
 WHERE authority_id = app_authority() AND round_id = :name/rounds::text
   AND resource_name = :owner::text;
