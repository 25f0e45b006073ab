-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.MemberService/RevokeCertificate
-- permission: member.write
-- tx: write
SELECT certificate_revoke(:name/members::text, :name/members/certificates::text);
-- into: certificate
SELECT 'authorities/' || app_authority() || '/members/' || :name/members::text || '/certificates/'
           || certificate_id AS name, certificate_sha256, expires_on, create_time, revoke_time
  FROM certificates_of(:name/members::text)
 WHERE certificate_id = :name/members/certificates::text;
