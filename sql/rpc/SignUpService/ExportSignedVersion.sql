-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.SignUpService/ExportSignedVersion
-- permission: sign_up.read
-- tx: read
-- audit: read
-- into: signed_version
SELECT 'pledge-signed-version/1' AS format, :name::text AS version,
       convert_from(version_content(v.pledge_id, v.version_number), 'UTF8') AS content,
       v.content_hash, v.adopted_on, 'authorities/' || v.authority_id || '/bodies/' || v.adopted_by
           AS adopted_by,
       0 AS signature_count,
       y.count AS young_people, y.suppressed AS young_people_suppressed,
       :include_young_people::bool AS young_people_included, '' AS exported_at, ''::bytea AS seal_key,
       ''::bytea AS seal
  FROM signed_version_open(:name/pledges::text, :name/pledges/versions::text,
                           :include_young_people::bool) AS o (number)
  JOIN version AS v ON v.authority_id = app_authority() AND v.pledge_id = :name/pledges::text
   AND v.version_number = o.number
 CROSS JOIN young_signatures(:name/pledges::text, o.number::text, :include_young_people::bool) AS y;
-- into: signed_version.events
SELECT name, version, title, place, held_on, launch_event, create_time
  FROM signing_event_resource
 WHERE authority_id = app_authority() AND pledge_id = :name/pledges::text
   AND version_number = version_number(:name/pledges/versions::text)
 ORDER BY held_on, signing_event_id;
-- into: signed_version.keys
SELECT name, member, public_key, fingerprint, create_time, revoke_time, revoke_reason
  FROM signing_key_resource
 WHERE authority_id = app_authority() AND signing_key_id IN (
       SELECT s.signing_key_id FROM signature AS s
        WHERE s.authority_id = app_authority() AND s.pledge_id = :name/pledges::text
          AND s.version_number = version_number(:name/pledges/versions::text))
 ORDER BY signing_key_id;
-- into: signed_version.service_keys
SELECT public_key, fingerprint, first_use_time
  FROM service_key_resource
 WHERE authority_id = app_authority() AND public_key IN (
       SELECT s.service_key FROM signature AS s
        WHERE s.authority_id = app_authority() AND s.pledge_id = :name/pledges::text
          AND s.version_number = version_number(:name/pledges/versions::text)
           AND (s.kind <> 'young_person' OR :include_young_people::bool))
 ORDER BY first_use_time, fingerprint;
-- into: signed_version.signatures
SELECT name, kind, content_hash, event, member, signatory, role, owner, signing_key, key_fingerprint,
       signature, mark_kind, mark, mark_salt, mark_digest, kept_at, recorded_by, signed_at, attested_at,
       service_key, attestation, create_time, earlier_wording, withdrawn_on, withdraw_reason
  FROM signature_resource
 WHERE authority_id = app_authority() AND pledge_id = :name/pledges::text
   AND version_number = version_number(:name/pledges/versions::text)
   AND (kind <> 'young_person' OR :include_young_people::bool)
 ORDER BY place COLLATE "C";
