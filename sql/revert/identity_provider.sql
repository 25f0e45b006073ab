-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:identity_provider from pg
BEGIN;

DROP FUNCTION pledge.identity_provider_of(text);
DROP FUNCTION pledge.identity_provider_remove();
DROP FUNCTION pledge.identity_provider_set(text, text, text, text, text[], text[], text);
DROP FUNCTION pledge.identity_provider_may_write();
DROP VIEW pledge.identity_provider_resource;
DROP TABLE pledge.identity_provider;

COMMIT;
