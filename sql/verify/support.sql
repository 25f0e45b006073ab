-- SPDX-License-Identifier: Apache-2.0
-- Verify pledge:support on pg
BEGIN;

SELECT 'pledge.app_authority()'::regprocedure;
SELECT 'pledge.app_principal()'::regprocedure;
SELECT 'pledge.app_role()'::regprocedure;
SELECT 'pledge.app_owner()'::regprocedure;
SELECT 'pledge.violation(text, text, text)'::regprocedure;
SELECT 'pledge.fail_all(text, text, jsonb)'::regprocedure;
SELECT 'pledge.fail(text, text, text, text)'::regprocedure;
SELECT 'pledge.touch()'::regprocedure;
SELECT 'pledge.etag(integer)'::regprocedure;
SELECT 'pledge.etag_check(text, text, text)'::regprocedure;
SELECT 'pledge.masked(text, text[])'::regprocedure;
SELECT 'pledge.mask_check(text[], text[])'::regprocedure;
SELECT 'pledge.is_said(text)'::regprocedure;
SELECT 'pledge.is_id(text)'::regprocedure;
SELECT 'pledge.texts_within(text[], integer, integer)'::regprocedure;
SELECT 'pledge.date_or_null(text)'::regprocedure;
SELECT 'pledge.uuid_or_null(text)'::regprocedure;
SELECT 'pledge.version_number(text)'::regprocedure;
SELECT 'pledge.page_limit(integer)'::regprocedure;
SELECT 'pledge.page_after(text, text)'::regprocedure;
SELECT 'pledge.page_next(text[], integer, text, text)'::regprocedure;
SELECT 'pledge.page_after_number(text, text)'::regprocedure;
SELECT 'pledge.page_after_day(text, text)'::regprocedure;
SELECT 'pledge.as_at_day(date)'::regprocedure;
SELECT 'pledge.tenant_tables(text[], text)'::regprocedure;
SELECT 'pledge.least_shown()'::regprocedure;
SELECT 1 / (pledge.suppress('{4,300,0}') = '{-1,-1,0}')::int;

ROLLBACK;
