-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.PersonalDataService/ListPersonalFields
-- permission: known
-- tx: read
-- into: personal_fields
SELECT f.table_name AS "table", f.column_name AS "column", f.holds, f.of_whom, f.purpose,
       coalesce(f.kind, '') AS kind, coalesce(r.days, 0) AS days, f.erasure, f.reason
  FROM personal_field AS f LEFT JOIN retention AS r ON r.kind = f.kind
 WHERE f.table_name || '.' || f.column_name || ' ' || f.holds
           > (SELECT page_after(:page_token::text, 'personal_fields'))
 ORDER BY f.table_name || '.' || f.column_name || ' ' || f.holds
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT f.table_name || '.' || f.column_name || ' ' || f.holds
      FROM personal_field AS f
     WHERE f.table_name || '.' || f.column_name || ' ' || f.holds
               > (SELECT page_after(:page_token::text, 'personal_fields'))
     ORDER BY 1
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'personal_fields', :page_token::text) AS next_page_token;
