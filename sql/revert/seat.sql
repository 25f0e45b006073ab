-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:seat from pg
BEGIN;

DROP FUNCTION pledge.body_member_update(text, text, text, text, date, text, text[]);
DROP FUNCTION pledge.body_member_add(text, text, text, text, text, text, date, date);
DROP VIEW pledge.body_member_resource;
DROP TABLE pledge.body_member;

COMMIT;
