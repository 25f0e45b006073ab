-- SPDX-License-Identifier: Apache-2.0
-- Verify pledge:work_record on pg
BEGIN;

SELECT 'pledge.owner_known(text, text)'::regprocedure;
SELECT 'pledge.rules_hold(text, boolean[], text[], text[])'::regprocedure;
SELECT 'pledge.work_plan_violations(text, text, text, text, text, bigint, text[], text[], '
    'text[])'::regprocedure;
SELECT 'pledge.work_plan_write(text, integer, text, text, text, text, text, bigint, date, '
    'text[], text[], text[])'::regprocedure;
SELECT 'pledge.proposal_hold(text, text)'::regprocedure;
SELECT 'pledge.work_item_create(text, text, text, text, text, text, text, text, text, text, '
    'text, text, bigint, text[], text[], text[], date, date)'::regprocedure;
SELECT 'pledge.work_item_hold(text, text, boolean)'::regprocedure;
SELECT 'pledge.work_item_update(text, text, text, text, text, text, text, bigint, text[], '
    'text[], text[], date, text[])'::regprocedure;
SELECT 'pledge.work_milestone_add(text, text, date)'::regprocedure;
SELECT 'pledge.work_milestone_mark_add(text, text, text, date, text)'::regprocedure;
SELECT 'pledge.work_progress_add(text, text, text, text, text, date)'::regprocedure;
SELECT 'pledge.work_offer_add(text, text, text, date, date)'::regprocedure;
SELECT 'pledge.work_achievement_add(text, text, date, text)'::regprocedure;
SELECT 'pledge.proposal_decide(text, text, text, text, text, text, bigint, boolean, text, '
    'date)'::regprocedure;

ROLLBACK;
