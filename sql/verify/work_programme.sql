-- SPDX-License-Identifier: Apache-2.0
-- Verify pledge:work_programme on pg
BEGIN;

SELECT authority_id, work_item_id, source, heading, body_id, meeting_id, programme_id, number,
       added_on, recorded_at
  FROM pledge.work_item WHERE false;
SELECT authority_id, work_item_id, revision, title, description, priority, owner_id, resource_note,
       cost_pence, due_on, recorded_at
  FROM pledge.work_item_revision WHERE false;
SELECT authority_id, work_item_id, revision, pledge_id, version_number, statement_id
  FROM pledge.work_item_statement WHERE false;
SELECT authority_id, work_item_id, milestone, title, due_on, recorded_at
  FROM pledge.work_milestone WHERE false;
SELECT authority_id, work_item_id, milestone, mark, state, note, marked_on, recorded_at
  FROM pledge.work_milestone_mark WHERE false;
SELECT authority_id, work_item_id, progress, state, rating, narrative, reason, happened_on,
       recorded_at
  FROM pledge.work_progress WHERE false;
SELECT authority_id, work_item_id, offer, owner_id, text, offered_on, ready_on, recorded_at
  FROM pledge.work_offer WHERE false;
SELECT authority_id, work_item_id, achievement, text, evidence, achieved_on, recorded_at
  FROM pledge.work_achievement WHERE false;
SELECT 1 / (count(*) = 8)::int FROM pg_class
  WHERE oid IN ('pledge.work_item'::regclass, 'pledge.work_item_revision'::regclass,
               'pledge.work_item_statement'::regclass, 'pledge.work_milestone'::regclass,
               'pledge.work_milestone_mark'::regclass, 'pledge.work_progress'::regclass,
               'pledge.work_offer'::regclass, 'pledge.work_achievement'::regclass)
   AND relrowsecurity AND relforcerowsecurity;
SELECT authority_id, work_item_id, milestone, owner_id, name, title, due_on, open, days_over
  FROM pledge.work_item_standing WHERE false;
SELECT 'pledge.work_open(text)'::regprocedure;
SELECT 'pledge.work_items_planned(date, date)'::regprocedure;
SELECT 'pledge.work_milestones_of(text, boolean, date, date)'::regprocedure;
SELECT 'pledge.work_milestones_at(date, date)'::regprocedure;
SELECT 'pledge.work_items_at(date, date)'::regprocedure;
SELECT 'pledge.proposals_at(date, date)'::regprocedure;
SELECT 'pledge.programme_counts_at(date, date)'::regprocedure;

ROLLBACK;
