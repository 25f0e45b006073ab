-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.MemberService/InviteMember
-- permission: member.write
-- tx: write
SELECT member_invite(:name/members::text);
-- into: .
SELECT current_setting('pledge.invitation') AS invitation_code,
       member_invitation(:name/members::text) AS expire_time;
