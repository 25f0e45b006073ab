-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.MemberService/ListCertificates
-- permission: member.read
-- tx: read
-- into: certificates
SELECT 'authorities/' || app_authority() || '/members/' || :parent/members::text || '/certificates/'
           || certificate_id AS name, certificate_sha256, expires_on, create_time, revoke_time
  FROM certificates_of(:parent/members::text);
