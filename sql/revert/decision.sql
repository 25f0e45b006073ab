-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:decision from pg
BEGIN;

DROP TRIGGER version_endorsed ON pledge.version;
DROP FUNCTION pledge.version_endorsed();
DROP TRIGGER version_drafted ON pledge.version;
DROP FUNCTION pledge.version_drafted();
DROP FUNCTION pledge.call_in_decide(text, text, text, integer, text, text, text, text, text);
DROP FUNCTION pledge.decision_call_in(text, text, text, integer, date, text, text, text, text);
DROP FUNCTION pledge.call_in_decision(text, integer, text, integer, text);
DROP FUNCTION pledge.decision_withdraw(text, text, text, integer, text, date, text);
DROP FUNCTION pledge.decision_record(text, text, text, text, text, text, text, text, boolean,
    integer, integer, integer, boolean, text, text);
DROP FUNCTION pledge.decision_violations(date, date, text, text, text, boolean, integer, integer,
    integer, integer, text, boolean, boolean);
DROP FUNCTION pledge.notice_give(text, text, text, text, text, date, text);
DROP FUNCTION pledge.endorsement_lock(text, integer, text, text);
DROP FUNCTION pledge.endorsement_hold(text, integer, text, text, text);

COMMIT;
