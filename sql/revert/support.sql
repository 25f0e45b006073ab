-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:support from pg
BEGIN;

DROP FUNCTION pledge.tenant_tables(text[], text);
DROP FUNCTION pledge.as_at_day(date);
DROP FUNCTION pledge.suppress(integer[]);
DROP FUNCTION pledge.least_shown();
DROP FUNCTION pledge.page_after_day(text, text);
DROP FUNCTION pledge.page_after_number(text, text);
DROP FUNCTION pledge.page_next(text[], integer, text, text);
DROP FUNCTION pledge.page_after(text, text);
DROP FUNCTION pledge.page_limit(integer);
DROP FUNCTION pledge.version_number(text);
DROP FUNCTION pledge.date_or_null(text);
DROP FUNCTION pledge.uuid_or_null(text);
DROP FUNCTION pledge.texts_within(text[], integer, integer);
DROP FUNCTION pledge.is_id(text);
DROP FUNCTION pledge.is_said(text);
DROP FUNCTION pledge.mask_check(text[], text[]);
DROP FUNCTION pledge.masked(text, text[]);
DROP FUNCTION pledge.etag_check(text, text, text);
DROP FUNCTION pledge.etag(integer);
DROP FUNCTION pledge.fail(text, text, text, text);
DROP FUNCTION pledge.fail_all(text, text, jsonb);
DROP FUNCTION pledge.violation(text, text, text);
DROP FUNCTION pledge.app_owner();
DROP FUNCTION pledge.app_role();
DROP FUNCTION pledge.app_principal();
DROP FUNCTION pledge.app_authority();
DROP FUNCTION pledge.touch();

COMMIT;
