-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.SignUpService/RecordYoungPersonsSignature
-- permission: sign_up.youth
-- tx: write
SELECT signature_record(
    :parent/pledges::text, :parent/pledges/versions::text,
    :signature.name/pledges/versions/signatures::text, :signature.kind::text,
    :signature.content_hash::text, :signature.event/signingEvents::text,
    :signature.member/members::text, :signature.signatory::text, :signature.role::text,
    :signature.owner::text, :signature.signing_key/signingKeys::text, :signature.signature::bytea,
    :signature.mark_kind::text, :signature.mark::text, :signature.mark_salt::bytea,
    :signature.mark_digest::text, :signature.kept_at::text, :signature.recorded_by/members::text,
    :signature.signed_at::text, :signature.attested_at::text, :signature.service_key::bytea,
    :signature.attestation::bytea);
-- into: signature
SELECT name, kind, content_hash, event, member, signatory, role, owner, signing_key, key_fingerprint,
       signature, mark_kind, mark, mark_salt, mark_digest, kept_at, recorded_by, signed_at, attested_at,
       service_key, attestation, create_time, earlier_wording, withdrawn_on, withdraw_reason
  FROM signature_resource
 WHERE authority_id = app_authority() AND pledge_id = :parent/pledges::text
   AND version_number = version_number(:parent/pledges/versions::text)
   AND signature_id = :signature.name/pledges/versions/signatures::text;
