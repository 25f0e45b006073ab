-- SPDX-License-Identifier: Apache-2.0
-- Verify pledge:care_code on pg
BEGIN;

SELECT year FROM pledge.care_year WHERE false;
SELECT dimension, position, category, title, headline FROM pledge.care_category WHERE false;
SELECT item, code, first_year, last_year, category, title FROM pledge.care_code WHERE false;
SELECT 1 / (pledge.care_year_of('2007-09-30') = 2008)::int;
SELECT 'pledge.care_year_held(integer)'::regprocedure;

ROLLBACK;
