-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ChildrenInCareCouncilService/RecordCouncilSession
-- permission: cicc.record
-- tx: write
SELECT cicc_session_record(
    :parent/bodies::text, :session_id::text, :session.held_on::date, :session.participants::int4,
    :session.themes::text[]);
-- into: session
SELECT name, body_display_name, held_on, participants, suppressed, themes, create_time
  FROM cicc_session_resource
 WHERE authority_id = app_authority() AND body_id = :parent/bodies::text
   AND meeting_id = :session_id::text;
