-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.PersonalDataService/ErasePersonalData
-- permission: personal.erase
-- tx: write
SELECT personal_erase_member(:name/members::text);
-- into: parts
SELECT table_name AS "table", erasure, count
  FROM erasure
 WHERE authority_id = app_authority() AND member_id = :name/members::text
 ORDER BY table_name;
