-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.IdentityProviderService/SetIdentityProvider
-- permission: provider.write
-- tx: write
SELECT identity_provider_set(
    :identity_provider.issuer::text, :identity_provider.client_id::text,
    :identity_provider.user_claim::text, :identity_provider.scope::text,
    :identity_provider.required_claims.claim::text[],
    :identity_provider.required_claims.value::text[], :identity_provider.etag::text);
-- into: identity_provider
SELECT authority, issuer, client_id, user_claim, scope, "required_claims.claim",
       "required_claims.value", create_time, update_time, etag
  FROM identity_provider_resource
 WHERE authority_id = app_authority();
