-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.SignUpService/ListSignatures
-- permission: sign_up.read
-- tx: read
-- into: signatures
SELECT name, kind, content_hash, event, member, signatory, role, owner, signing_key, key_fingerprint,
       signature, mark_kind, mark, mark_salt, mark_digest, kept_at, recorded_by, signed_at, attested_at,
       service_key, attestation, create_time, earlier_wording, withdrawn_on, withdraw_reason
  FROM signature_resource
 WHERE authority_id = app_authority() AND pledge_id = :parent/pledges::text
   AND version_number = version_number(:parent/pledges/versions::text) AND kind <> 'young_person'
   AND place COLLATE "C" > (SELECT page_after(:page_token::text, 'signatures'))
 ORDER BY place COLLATE "C"
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT place COLLATE "C"
      FROM signature_resource
     WHERE authority_id = app_authority() AND pledge_id = :parent/pledges::text
       AND version_number = version_number(:parent/pledges/versions::text) AND kind <> 'young_person'
       AND place COLLATE "C" > (SELECT page_after(:page_token::text, 'signatures'))
     ORDER BY place COLLATE "C"
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'signatures', :page_token::text) AS next_page_token,
       y.count AS young_people, y.suppressed AS young_people_suppressed
  FROM version AS v
 CROSS JOIN young_signatures(v.pledge_id, v.version_number::text, true) AS y
 WHERE v.authority_id = app_authority() AND v.pledge_id = :parent/pledges::text
   AND v.version_number = version_number(:parent/pledges/versions::text);
