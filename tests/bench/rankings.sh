#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# How long 10,000 rankings of ten out of 55 options take to count, in milliseconds: the median of nine.
#   tests/bench/rankings.sh
cd "$(dirname "$0")/../.." || exit 1
. tests/tools/lib.sh
work=$(mktemp -d)
trap 'cluster_stop "$work/pg" immediate >/dev/null; rm -rf "$work"' EXIT
cluster_start "$work/pg" "$work" >/dev/null
schema_deploy "$work" bench >/dev/null
export PGHOST=$work PGDATABASE=bench PGOPTIONS="-c search_path=pledge -c jit=off -c pledge.authority=big"
psql -qX -U postgres -v ON_ERROR_STOP=1 <<'SQL'
SET session_replication_role = replica; -- the rows alone, without what belongs around them
INSERT INTO consultation (authority_id, consultation_id, title, pledge_id, version_number, opens_on, closes_on)
VALUES ('big', 'big', 'Big', 'p', 1, current_date, current_date);
INSERT INTO consultation_question VALUES ('big', 'big', 1, 'ranking', 'Order?', 10);
INSERT INTO consultation_option SELECT 'big', 'big', 1, o, '', 'Option ' || o FROM generate_series(1, 55) AS o;
INSERT INTO response_answer (authority_id, consultation_id, question, group_id, ranking, places)
SELECT 'big', 'big', 1, 'young',
       ARRAY(SELECT o FROM generate_series(1, 55) AS o ORDER BY random() * o + 0 * b LIMIT 10),
       ARRAY(SELECT generate_series(1, 10))
  FROM generate_series(1, 10000) AS b;
ANALYZE response_answer;
SQL
{ echo '\timing on'; yes "SELECT count(*) FROM ranking_counted('big', 1);" | head -9; } |
    psql -qXAt -U pledged | sed -n 's/^Time: \([0-9.]*\) ms.*/\1/p' | sort -n | sed -n 5p
