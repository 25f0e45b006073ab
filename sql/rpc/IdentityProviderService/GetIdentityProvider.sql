-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.IdentityProviderService/GetIdentityProvider
-- permission: provider.read
-- tx: read
-- into: identity_provider
SELECT authority, issuer, client_id, user_claim, scope, "required_claims.claim",
       "required_claims.value", create_time, update_time, etag
  FROM identity_provider_resource
 WHERE authority_id = app_authority();
