-- SPDX-License-Identifier: Apache-2.0
-- Entries are a chain, made by functions only.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
SELECT * FROM no_plan();
\ir fixture.psql
SET CONSTRAINTS ALL IMMEDIATE;
SELECT pg_temp.act('north');
SET LOCAL ROLE pledged;

SELECT pg_temp.as_new();
SELECT body_create('sub', 'Sub', 'council', 1, '{}', NULL);
SELECT audit_write('pledge.v1.AuthorityService/CreateBody', '127.0.0.1:5', E'a\tb', '\x01'::bytea);
SELECT pg_temp.as_new();
UPDATE body SET display_name = 'Subcommittee' WHERE body_id = 'sub';
SELECT audit_write('pledge.v1.AuthorityService/UpdateBody', '127.0.0.1:5', '', '\x02'::bytea);
SELECT pg_temp.as_new();
SELECT audit_write('pledge.v1.AuthorityService/UpdateBody', '127.0.0.1:5', '', '\x03'::bytea);
SELECT audit_denied('north', E'odd\\\n', 'PERMISSION_DENIED', '127.0.0.1:6', 2);
SELECT is((SELECT count(*) FROM audit_entry), 4::bigint, 'each call is an entry');
SELECT is(hash, pg_temp.expected('north', number), 'entry ' || number || ' has the hash of its content')
  FROM audit_entry WHERE authority_id = 'north' ORDER BY number;
SELECT is((SELECT last || hash FROM audit_head), (SELECT number || hash FROM audit_entry
           ORDER BY number DESC LIMIT 1), 'the head is the latest');
SELECT is(ARRAY(SELECT cardinality(changes) FROM audit_resource ORDER BY number), '{1,1,0,0}',
          'a write names what it changed');
SELECT matches((SELECT changes[1] FROM audit_resource WHERE number = 2),
               '^updated\tauthorities/north/bodies/sub\t[0-9a-f]{64}\t[0-9a-f]{64}$',
               'with a hash before and after');
SELECT is((SELECT split_part(changes[1], E'\t', 4) FROM audit_resource WHERE number = 1),
          (SELECT split_part(changes[1], E'\t', 3) FROM audit_resource WHERE number = 2),
          'what was after is before the next');

SELECT is(peer_digest, encode(sha256(peer_salt || convert_to(peer, 'UTF8')), 'hex'),
          'the digest of entry ' || number || ' is of its address')
  FROM audit_entry;
SELECT is((SELECT count(DISTINCT peer_salt) FROM audit_entry WHERE octet_length(peer_salt) = 16),
          (SELECT count(*) FROM audit_entry), 'each entry has a salt of its own');
SELECT audit_read('pledge.v1.X/Export', '127.0.0.1:7', '\x05'::bytea);
SELECT is((SELECT kind || ' ' || method || ' ' || request_hash || ' ' || cardinality(changes)
             FROM audit_resource WHERE number = 5), 'read pledge.v1.X/Export 05 0', 'a read is one');
RESET ROLE;
UPDATE audit_entry SET peer = NULL, peer_salt = NULL WHERE number IN (1, 5);
SET LOCAL ROLE pledged;
SELECT is((SELECT hash FROM audit_entry WHERE number = n), pg_temp.expected('north', n),
          'the hash of entry ' || n || ' holds without address and salt')
  FROM unnest('{1,2,5}'::bigint[]) AS n;
SELECT is((SELECT peer || peer_salt FROM audit_resource WHERE number = 1), '', 'which are gone');

SELECT throws_ok(format('%s', q), '42501', NULL, q)
  FROM (VALUES ($$UPDATE audit_entry SET role = 'x'$$),
    ($$UPDATE audit_entry SET peer = NULL, peer_salt = NULL$$), ($$DELETE FROM audit_entry$$),
    ($$UPDATE audit_head SET hash = ''$$), ($$TRUNCATE audit_entry$$),
    ($$INSERT INTO audit_entry SELECT * FROM audit_entry$$),
    ($$SELECT audit_append('north', 'write', '', '', '', '', '', 0, NULL, NULL)$$)) AS t (q);

SELECT pg_temp.act('south');
SELECT is_empty($$SELECT FROM audit_entry$$, 'another council sees none of it');
SELECT is_empty($$SELECT FROM audit_resource$$, 'nor by the view');
SELECT pg_temp.act('', '', '', '');
SELECT audit_denied('nowhere', 'm', 'PERMISSION_DENIED', '127.0.0.1:6', 0);
SELECT pg_temp.act('', 'host_administrator', '', '');
SELECT is((SELECT array_agg(authority_id || number) FROM audit_entry), '{1}',
          'what is of no authority is the host''s');

SELECT * FROM finish();
ROLLBACK;
