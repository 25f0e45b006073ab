-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.PersonalDataService/ExportOwnPersonalData
-- permission: known
-- tx: read
-- audit: read
-- into: data
SELECT table_name AS "table", field, value, held_since, resource
  FROM personal_export_own()
 WHERE place > (SELECT page_after_number(:page_token::text, 'own_personal_data'))
 ORDER BY place
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT d.place::text
      FROM personal_export_own() AS d
     WHERE d.place > (SELECT page_after_number(:page_token::text, 'own_personal_data'))
     ORDER BY d.place
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'own_personal_data', :page_token::text) AS next_page_token;
