-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:indicator from pg
BEGIN;

DELETE FROM pledge.role_permission WHERE permission LIKE 'indicator.%';
DROP FUNCTION pledge.indicator_values(text, date);
DROP FUNCTION pledge.indicator_rating(text, float8, float8, float8, float8, float8);
DROP FUNCTION pledge.indicator_distance(text, float8, float8, float8);
DROP FUNCTION pledge.indicator_record(text, text, float8);
DROP FUNCTION pledge.indicator_revise(text, text, text, text, text, text, text, text[], text[], float8[], float8[],
    float8[], float8[], float8[], text[], text[], text[], text[]);
DROP FUNCTION pledge.indicator_create(text, text, text, text, text, text, text[], text[], float8[], float8[],
    float8[], float8[], float8[], text[], text[], text[]);
DROP FUNCTION pledge.indicator_write(text, int, text, text, text, text, text, text[], text[], float8[], float8[],
    float8[], float8[], float8[], text[], text[], text[]);
DROP FUNCTION pledge.standard_violation(bigint, text, text, float8, float8, float8, float8);
DROP FUNCTION pledge.indicator_statements(text, int);
DROP FUNCTION pledge.indicator_found(text, text);
DROP FUNCTION pledge.indicators_known(date);
DROP TABLE pledge.indicator_value;
DROP TABLE pledge.indicator_statement;
DROP TABLE pledge.indicator_standard;
DROP TABLE pledge.indicator;

COMMIT;
