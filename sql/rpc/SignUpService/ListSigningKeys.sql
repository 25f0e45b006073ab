-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.SignUpService/ListSigningKeys
-- permission: sign_up.read
-- tx: read
-- into: signing_keys
SELECT name, member, public_key, fingerprint, create_time, revoke_time, revoke_reason
  FROM signing_key_resource
 WHERE authority_id = app_authority()
   AND signing_key_id > (SELECT page_after(:page_token::text, 'signing_keys'))
 ORDER BY signing_key_id
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT k.signing_key_id
      FROM signing_key AS k
     WHERE k.authority_id = app_authority()
       AND k.signing_key_id > (SELECT page_after(:page_token::text, 'signing_keys'))
     ORDER BY k.signing_key_id
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'signing_keys', :page_token::text) AS next_page_token;
