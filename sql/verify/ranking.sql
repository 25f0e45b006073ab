-- SPDX-License-Identifier: Apache-2.0
-- Verify pledge:ranking on pg
BEGIN;

SELECT 'pledge.ranking_wins(text, integer, integer)'::regprocedure;
SELECT 'pledge.ranking_strengths(integer[], integer)'::regprocedure;
SELECT 'pledge.ranking_counted(text, integer)'::regprocedure;
SELECT 'pledge.results_of(text)'::regprocedure;
SELECT 'pledge.tally_results(text)'::regprocedure;
SELECT 'pledge.ranking_results(text)'::regprocedure;

ROLLBACK;
