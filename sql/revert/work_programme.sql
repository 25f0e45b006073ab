-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:work_programme from pg
BEGIN;

DROP VIEW pledge.work_item_standing;
DROP FUNCTION pledge.programme_counts_at(date, date);
DROP FUNCTION pledge.proposals_at(date, date);
DROP FUNCTION pledge.work_items_at(date, date);
DROP FUNCTION pledge.work_milestones_at(date, date);
DROP FUNCTION pledge.work_milestones_of(text, boolean, date, date);
DROP FUNCTION pledge.work_items_planned(date, date);
DROP FUNCTION pledge.work_open(text);
DROP TABLE pledge.work_achievement;
DROP TABLE pledge.work_offer;
DROP TABLE pledge.work_progress;
DROP TABLE pledge.work_milestone_mark;
DROP TABLE pledge.work_milestone;
DROP TABLE pledge.work_item_statement;
DROP TABLE pledge.work_item_revision;
DROP TABLE pledge.work_item;

COMMIT;
