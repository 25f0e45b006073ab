-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.SignUpService/PrepareSignature
-- permission: sign_up.sign
-- tx: read
-- into: signature
SELECT '' AS name, CASE :signature.signing_key::text WHEN '' THEN '' ELSE 'key' END AS kind,
       h.content_hash,
       :signature.event::text AS event,
       'authorities/' || app_authority() || '/members/' || r.member_id AS member, r.signatory, r.role,
       r.owner, :signature.signing_key::text AS signing_key,
       CASE r.public_key WHEN '' THEN '' ELSE encode(sha256(r.public_key), 'hex') END AS key_fingerprint, ''::bytea AS signature, '' AS mark_kind,
       '' AS mark, ''::bytea AS mark_salt, r.mark_digest, '' AS kept_at, '' AS recorded_by, r.signed_at,
       '' AS attested_at, ''::bytea AS service_key, ''::bytea AS attestation,
       NULL::timestamptz AS create_time, false AS earlier_wording, '' AS withdrawn_on,
       '' AS withdraw_reason
  FROM (SELECT coalesce(nullif(:signature.content_hash::text, ''), version_hash(:parent/pledges::text,
               version_number(:parent/pledges/versions::text)), '') AS content_hash) AS h
 CROSS JOIN LATERAL sign_prepare(:parent/pledges::text, :parent/pledges/versions::text, h.content_hash,
                    :signature.event/signingEvents::text,
                    :signature.signing_key/signingKeys::text, :signature.signed_at::text) AS r;
-- into: .
SELECT version_content(:parent/pledges::text, version_number(:parent/pledges/versions::text)) AS content,
       '' AS text;
