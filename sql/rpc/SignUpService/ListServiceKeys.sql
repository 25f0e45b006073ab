-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.SignUpService/ListServiceKeys
-- permission: sign_up.read
-- tx: read
-- into: service_keys
SELECT public_key, fingerprint, first_use_time
  FROM service_key_resource
 WHERE authority_id = app_authority()
 ORDER BY first_use_time, fingerprint;
-- into: .
SELECT ''::bytea AS current, '' AS current_fingerprint;
