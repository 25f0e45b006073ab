-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.SignUpService/RegisterSigningKey
-- permission: sign_up.sign
-- tx: write
SELECT signing_key_register(:signing_key_id::text, :signing_key.public_key::bytea);
-- into: signing_key
SELECT name, member, public_key, fingerprint, create_time, revoke_time, revoke_reason
  FROM signing_key_resource
 WHERE authority_id = app_authority() AND signing_key_id = :signing_key_id::text;
