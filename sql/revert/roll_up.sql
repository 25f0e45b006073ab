-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:roll_up from pg
BEGIN;

DELETE FROM pledge.role_permission WHERE permission = 'roll_up.write';
DROP FUNCTION pledge.roll_up_shown(date, timestamptz);
DROP FUNCTION pledge.roll_up_set(text, integer, integer, text[], integer[], text);
DROP FUNCTION pledge.rating_score(bigint, bigint);
DROP FUNCTION pledge.owner_rank(integer, boolean, boolean);
DROP FUNCTION pledge.roll_up_rank(text, integer, integer, integer, integer, boolean, boolean, boolean);
DROP FUNCTION pledge.roll_up_on(date, timestamptz);
DROP TABLE pledge.roll_up_weight;
DROP TABLE pledge.roll_up;

COMMIT;
