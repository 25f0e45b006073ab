-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.IdentityProviderService/RemoveIdentityProvider
-- permission: provider.write
-- tx: write
SELECT identity_provider_remove();
