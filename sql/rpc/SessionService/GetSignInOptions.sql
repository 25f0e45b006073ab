-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.SessionService/GetSignInOptions
-- permission: public
-- tx: read
-- into: .
SELECT true AS password, coalesce(p.issuer, '') AS issuer, coalesce(p.client_id, '') AS client_id,
       coalesce(rtrim('openid ' || p.scope), '') AS scope
  FROM (SELECT) AS always
  LEFT JOIN identity_provider_of(
       coalesce(substring(:authority::text FROM '^authorities/([^/]+)$'), '')) AS p ON true;
