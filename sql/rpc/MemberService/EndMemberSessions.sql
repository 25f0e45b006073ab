-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.MemberService/EndMemberSessions
-- permission: member.write
-- tx: write
SELECT member_sign_out(:parent/members::text);
