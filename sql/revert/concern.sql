-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:concern from pg
BEGIN;

DELETE FROM pledge.role_permission
 WHERE permission = 'safeguarding.read'
    OR (role = 'safeguarding_officer' AND permission = 'consultation.read');
DROP FUNCTION pledge.safeguarding_concerns();

COMMIT;
