-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.SignUpService/RevokeSigningKey
-- permission: sign_up.sign
-- tx: write
SELECT signing_key_revoke(:name/signingKeys::text, :reason::text);
-- into: signing_key
SELECT name, member, public_key, fingerprint, create_time, revoke_time, revoke_reason
  FROM signing_key_resource
 WHERE authority_id = app_authority() AND signing_key_id = :name/signingKeys::text;
