-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.MemberService/AddCertificate
-- permission: member.write
-- tx: write
SELECT certificate_add(:parent/members::text, :certificate.certificate_sha256::text,
                       :certificate.expires_on::text);
-- into: certificate
SELECT 'authorities/' || app_authority() || '/members/' || :parent/members::text || '/certificates/'
           || certificate_id AS name, certificate_sha256, expires_on, create_time, revoke_time
  FROM certificates_of(:parent/members::text)
 WHERE certificate_sha256 = :certificate.certificate_sha256::text;
