-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.SignUpService/GetSignature
-- permission: sign_up.read
-- tx: read
-- into: signature
SELECT name, kind, content_hash, event, member, signatory, role, owner, signing_key, key_fingerprint,
       signature, mark_kind, mark, mark_salt, mark_digest, kept_at, recorded_by, signed_at, attested_at,
       service_key, attestation, create_time, earlier_wording, withdrawn_on, withdraw_reason
  FROM signature_resource
 WHERE authority_id = app_authority() AND pledge_id = :name/pledges::text
   AND version_number = version_number(:name/pledges/versions::text)
   AND signature_id = :name/pledges/versions/signatures::text
   AND kind <> 'young_person';
