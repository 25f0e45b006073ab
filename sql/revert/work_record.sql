-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:work_record from pg
BEGIN;

DROP FUNCTION pledge.proposal_decide(text, text, text, text, text, text, bigint, boolean, text,
    date);
DROP FUNCTION pledge.work_achievement_add(text, text, date, text);
DROP FUNCTION pledge.work_offer_add(text, text, text, date, date);
DROP FUNCTION pledge.work_progress_add(text, text, text, text, text, date);
DROP FUNCTION pledge.work_milestone_mark_add(text, text, text, date, text);
DROP FUNCTION pledge.work_milestone_add(text, text, date);
DROP FUNCTION pledge.work_item_update(text, text, text, text, text, text, text, bigint, text[],
    text[], text[], date, text[]);
DROP FUNCTION pledge.work_item_hold(text, text, boolean);
DROP FUNCTION pledge.work_item_create(text, text, text, text, text, text, text, text, text, text,
    text, text, bigint, text[], text[], text[], date, date);
DROP FUNCTION pledge.proposal_hold(text, text);
DROP FUNCTION pledge.work_plan_write(text, integer, text, text, text, text, text, bigint, date,
    text[], text[], text[]);
DROP FUNCTION pledge.work_plan_violations(text, text, text, text, text, bigint, text[], text[],
    text[]);
DROP FUNCTION pledge.rules_hold(text, boolean[], text[], text[]);
DROP FUNCTION pledge.owner_known(text, text);

COMMIT;
