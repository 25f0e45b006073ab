-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.MemberService/UpdateMember
-- permission: member.write
-- tx: write
SELECT member_update(:member.name/members::text, :member.display_name::text, :member.role::text,
                     :member.owner::text, :member.certificate_sha256::text,
                     :member.etag::text, :update_mask.paths::text[]);
-- into: member
SELECT 'authorities/' || m.authority_id || '/members/' || m.member_id AS "name",
       m.display_name AS "display_name",
       m.role AS "role",
       m.owner_name AS "owner",
       encode(m.fingerprint, 'hex') AS "certificate_sha256",
       m.create_time AS "create_time",
       m.update_time AS "update_time",
       etag(m.revision) AS "etag"
  FROM member AS m
 WHERE m.authority_id = app_authority() AND m.member_id = :member.name/members::text;
