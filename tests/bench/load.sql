-- SPDX-License-Identifier: Apache-2.0
-- Fills a freshly deployed schema for measurements: each authority has one adopted version, owners
-- that are committed to every statement, and rounds with a return of every owner, the last round
-- open today. Set-based, as a superuser, with triggers and foreign keys off while it runs; every
-- row satisfies them, and every recorded hash is the one that the schema itself would compute.
--
--   psql -U postgres -d DATABASE -v authorities=153 -f load.sql
--
-- Variables: authorities, statements (at most 500), owners, rounds, closed (how many of the rounds,
-- the oldest first, an officer has closed), officer (SHA-256 of the certificate of the first
-- authority's officer, hexadecimal). Names: authorities/council-001 …, pledges/promise/versions/1,
-- statements/1 …, departments/owner-01 … or, every third, partnerAgencies/owner-03 …,
-- commitments/owner-01-1 …, rounds/round-01 ….
\set ON_ERROR_STOP 1
\if :{?authorities}
\else
    \set authorities 153
\endif
\if :{?statements}
\else
    \set statements 55
\endif
\if :{?owners}
\else
    \set owners 10
\endif
\if :{?rounds}
\else
    \set rounds 40
\endif
\if :{?closed}
\else
    \set closed :rounds - 1
\endif
\if :{?officer}
\else
    \set officer ''
\endif

BEGIN;
SET LOCAL search_path = pledge, pg_temp;
SET LOCAL session_replication_role = replica;
SET LOCAL synchronous_commit = off;
SET LOCAL maintenance_work_mem = '512MB';
SET LOCAL work_mem = '256MB';

CREATE TEMPORARY TABLE a ON COMMIT DROP AS
    SELECT n, 'council-' || lpad(n::text, 3, '0') AS id, gen_random_uuid() AS principal,
           CASE WHEN n = 1 AND :'officer' <> '' THEN decode(:'officer', 'hex')
                ELSE sha256(convert_to('officer ' || n, 'UTF8')) END AS fingerprint
      FROM generate_series(1, :authorities) AS n;
CREATE TEMPORARY TABLE o ON COMMIT DROP AS
    SELECT n, 'owner-' || lpad(n::text, 2, '0') AS id,
           CASE n % 3 WHEN 0 THEN 'partner_agency' ELSE 'department' END AS kind
      FROM generate_series(1, :owners) AS n;
-- A round lasts 90 days; the last one opened 20 days ago and is due in 20.
CREATE TEMPORARY TABLE r ON COMMIT DROP AS
    SELECT n, 'round-' || lpad(n::text, 2, '0') AS id,
           current_date - 20 - 90 * (:rounds - n) AS opens_on, n <= :closed AS closed
      FROM generate_series(1, :rounds) AS n;

INSERT INTO authority (authority_id, display_name, word_statement, word_board)
SELECT a.id, 'Council ' || a.n, 'promise', 'Children''s Board' FROM a;
INSERT INTO owner (authority_id, owner_id, kind, display_name)
SELECT a.id, o.id, o.kind, 'Owner ' || o.n FROM a CROSS JOIN o;
INSERT INTO body (authority_id, body_id, display_name, meeting_interval_months, established_on)
SELECT a.id, 'board', 'Children''s Board', 3, r.opens_on - 400 FROM a CROSS JOIN r WHERE r.n = 1;
INSERT INTO principal (principal_id, display_name) SELECT a.principal, 'Officer' FROM a;
INSERT INTO credential (fingerprint, principal_id) SELECT a.fingerprint, a.principal FROM a;
INSERT INTO member (authority_id, member_id, principal_id, fingerprint, display_name, role)
SELECT a.id, 'officer', a.principal, a.fingerprint, 'Officer', 'officer' FROM a;

INSERT INTO pledge (authority_id, pledge_id, title)
SELECT a.id, 'promise', 'Our promise to children in care' FROM a;
INSERT INTO outcome (authority_id, pledge_id, version_number, outcome_id, position, title)
SELECT a.id, 'promise', 1, 'outcome-' || k, k, 'Outcome ' || k
  FROM a CROSS JOIN generate_series(1, least(5, :statements)) AS k;
INSERT INTO statement (authority_id, pledge_id, version_number, statement_id, outcome_id, position,
                       title, text)
SELECT a.id, 'promise', 1, k, 'outcome-' || 1 + (k - 1) % 5, k, 'Promise ' || k,
       'We will do thing ' || k || ' for every child in our care, tell them how it goes, and ask'
       ' them every year whether it helped.'
  FROM a CROSS JOIN generate_series(1, :statements) AS k;
INSERT INTO version (authority_id, pledge_id, version_number, title, state, adopted_on, adopted_by,
                     adopt_time, content_hash, revision)
SELECT a.id, 'promise', 1, 'Our promise', 'draft', NULL, NULL, NULL, '', 1 FROM a;
-- version_content() reads the version of the call's authority.
UPDATE version AS v
   SET state = 'adopted', adopted_on = d.adopted_on, adopted_by = 'board',
       adopt_time = d.adopted_on + time '12:00', revision = 2, content_hash = d.content_hash
  FROM (SELECT a.id, r.opens_on - 100 AS adopted_on,
               (SELECT encode(sha256(version_content('promise', 1)), 'hex')
                  FROM set_config('pledge.authority', a.id, true) AS s OFFSET 0) AS content_hash
          FROM a CROSS JOIN r WHERE r.n = 1 OFFSET 0) AS d
 WHERE v.authority_id = d.id;

INSERT INTO commitment (authority_id, commitment_id, owner_id, pledge_id, version_number, summary)
SELECT a.id, o.id || '-' || k, o.id, 'promise', 1, 'What owner ' || o.n || ' does for promise ' || k
  FROM a CROSS JOIN o CROSS JOIN generate_series(1, :statements) AS k ORDER BY 1, 2;
INSERT INTO commitment_statement (authority_id, commitment_id, pledge_id, version_number,
                                  statement_id, position)
SELECT a.id, o.id || '-' || k, 'promise', 1, k, 1
  FROM a CROSS JOIN o CROSS JOIN generate_series(1, :statements) AS k ORDER BY 1, 2, 5;

INSERT INTO round (authority_id, round_id, title, pledge_id, version_number, observed_from,
                   observed_to, opens_on, due_on, closes_on, close_time)
SELECT a.id, r.id, 'Round ' || r.n, 'promise', 1, r.opens_on - 90, r.opens_on - 1, r.opens_on,
       r.opens_on + 40, r.opens_on + 60,
       CASE WHEN r.closed THEN r.opens_on + 61 + time '12:00' END
  FROM a CROSS JOIN r;
INSERT INTO round_commitment (authority_id, round_id, commitment_id, statement_id, owner_id,
                              recorded_at)
SELECT a.id, r.id, o.id || '-' || k, k, o.id, r.opens_on + 61 + time '12:00'
  FROM a CROSS JOIN r CROSS JOIN o CROSS JOIN generate_series(1, :statements) AS k
 WHERE r.closed ORDER BY 1, 2, 3, 4;

-- Three in four ratings are green. An owner's return of an earlier round may be up to five days late.
CREATE TEMPORARY TABLE s ON COMMIT DROP AS
    SELECT a.id AS authority_id, r.id AS round_id, o.id AS owner_id, r.n AS round, o.n AS owner,
           least(r.opens_on + 5 + 10 * ((o.n + r.n) % 5), current_date) AS received_on,
           a.principal, a.n + o.n + r.n AS mark
      FROM a CROSS JOIN r CROSS JOIN o;
INSERT INTO progress (authority_id, round_id, owner_id, submission, commitment_id, position, rating,
                      narrative, reason, measure_value, actual_on, evidence, recorded_at)
SELECT s.authority_id, s.round_id, s.owner_id, 1, s.owner_id || '-' || k, k, p.rating,
       'In this round we did what we had undertaken for promise ' || k || ', for '
           || 10 + (s.mark + k) % 90 || ' children in ' || 1 + k % 6 || ' homes.',
       CASE p.rating WHEN 'green' THEN ''
           ELSE 'Two posts were empty in round ' || s.round || ' and the work stood still.' END,
       10 + (s.mark + k) % 90 || ' of 100', s.received_on - 1, 'file ' || s.round || '/' || k,
       s.received_on + time '12:00'
  FROM s CROSS JOIN generate_series(1, :statements) AS k
 CROSS JOIN LATERAL (SELECT (ARRAY['red', 'amber', 'amber', 'green', 'green', 'green', 'green',
                                   'green', 'green', 'green', 'green', 'green'])
                            [1 + (s.mark * 7 + k * 5 + s.round * k) % 12] AS rating) AS p
 ORDER BY 1, 2, 3, 4, 5;
-- The content of a return, whose hash is recorded; none of these words has a character to escape.
INSERT INTO return_submission (authority_id, round_id, owner_id, submission, received_on,
                               content_hash, principal_id, recorded_at)
SELECT s.authority_id, s.round_id, s.owner_id, 1, s.received_on,
       encode(sha256(convert_to(concat(
           'pledge-return', E'\t1\n', E'authority\t', s.authority_id, E'\nround\t', s.round_id,
           E'\nowner\t', s.owner_id, E'\nsubmission\t1\nreceived_on\t', s.received_on, E'\n',
           p.lines), 'UTF8')), 'hex'), s.principal, s.received_on + time '12:00'
  FROM s
  JOIN (SELECT p.authority_id, p.round_id, p.owner_id,
               string_agg(concat_ws(E'\t', 'progress', p.commitment_id, p.rating, p.narrative,
                   p.reason, p.measure_value, p.actual_on, p.evidence) || E'\n', ''
                   ORDER BY p.position) AS lines
          FROM progress AS p GROUP BY p.authority_id, p.round_id, p.owner_id) AS p
       USING (authority_id, round_id, owner_id)
 ORDER BY 1, 2, 3;
-- Every return is certified; those of closed rounds are accepted too.
INSERT INTO return_move (authority_id, round_id, owner_id, submission, move, kind, principal_id,
                         recorded_at)
SELECT s.authority_id, s.round_id, s.owner_id, 1, m.move, m.kind, s.principal,
       s.received_on + time '13:00'
  FROM s CROSS JOIN (VALUES (1, 'certified'), (2, 'accepted')) AS m (move, kind)
 WHERE m.move = 1 OR s.round <= :closed
 ORDER BY 1, 2, 3, 4, 5;
-- How each statement stood when its round was closed: every owner has answered, so the worst stands.
INSERT INTO round_standing (authority_id, round_id, statement_id, rank, recorded_at)
SELECT p.authority_id, p.round_id, p.position::text,
       CASE min(array_position('{red,amber,green}', p.rating)) WHEN 1 THEN 1 WHEN 2 THEN 3 ELSE 6 END,
       max(p.recorded_at)
  FROM progress AS p JOIN round AS r USING (authority_id, round_id)
 WHERE r.close_time IS NOT NULL
 GROUP BY p.authority_id, p.round_id, p.position;
COMMIT;

VACUUM (ANALYZE);
