-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.MemberService/ListMemberSessions
-- permission: member.write
-- tx: read
-- recall: no
-- into: sessions
SELECT name, method, authority, peer, create_time, last_use_time, idle_expire_time, expire_time
  FROM member_sessions(:parent/members::text);
