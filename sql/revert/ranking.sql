-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:ranking from pg
BEGIN;

DROP FUNCTION pledge.ranking_results(text);
DROP FUNCTION pledge.tally_results(text);
DROP FUNCTION pledge.results_of(text);
DROP FUNCTION pledge.ranking_counted(text, integer);
DROP FUNCTION pledge.ranking_strengths(integer[], integer);
DROP FUNCTION pledge.ranking_wins(text, integer, integer);

COMMIT;
