-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:care_code from pg
BEGIN;

DROP FUNCTION pledge.care_year_held(int);
DROP FUNCTION pledge.care_year_of(date);
DROP TABLE pledge.care_code;
DROP TABLE pledge.care_category;
DROP TABLE pledge.care_year;

COMMIT;
