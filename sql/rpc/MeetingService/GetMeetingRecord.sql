-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.MeetingService/GetMeetingRecord
-- permission: meeting.read
-- tx: read
-- into: record
SELECT p.meeting AS name, b.display_name AS body_display_name, p.meeting AS "representation.meeting",
       p.held_on AS "representation.held_on", p.quorum AS "representation.quorum",
       p.present_count AS "representation.present_count", p.seat_count AS "representation.seat_count",
       p.quorate AS "representation.quorate", p.parties AS "representation.parties",
       n.ret_on AS next_on, n.ret_planned AS next_planned
  FROM meeting_presence(:name/bodies::text, '9999-12-31', coalesce(:known_on::date, '9999-12-31')) AS p
  JOIN body AS b ON b.authority_id = app_authority() AND b.body_id = :name/bodies::text
 CROSS JOIN meeting_next(:name/bodies::text, :name/bodies/meetings::text,
                         coalesce(:known_on::date, '9999-12-31')) AS n
 WHERE p.meeting_id = :name/bodies/meetings::text;
-- into: record.attendance
SELECT seat_id, attendance, substitute, party, display_name, role
  FROM meeting_seats(:name/bodies::text, :name/bodies/meetings::text, coalesce(:known_on::date, '9999-12-31'));
-- into: record.items
SELECT item, part, title
  FROM meeting_item
 WHERE authority_id = app_authority() AND body_id = :name/bodies::text
   AND meeting_id = :name/bodies/meetings::text
   AND recorded_at::date <= coalesce(:known_on::date, '9999-12-31')
 ORDER BY array_position('{theme,work_programme,national_developments}', part), item;
-- into: record.papers
SELECT item, title, author, reference, content_hash
  FROM meeting_paper
 WHERE authority_id = app_authority() AND body_id = :name/bodies::text
   AND meeting_id = :name/bodies/meetings::text
   AND recorded_at::date <= coalesce(:known_on::date, '9999-12-31')
 ORDER BY item, paper;
-- into: record.decisions
SELECT decision, item, text, proposer, votes_for, votes_against, votes_abstained
  FROM meeting_decision
 WHERE authority_id = app_authority() AND body_id = :name/bodies::text
   AND meeting_id = :name/bodies/meetings::text
   AND recorded_at::date <= coalesce(:known_on::date, '9999-12-31')
 ORDER BY decision;
-- into: record.endorsements
SELECT 'authorities/' || e.authority_id || '/pledges/' || e.pledge_id || '/versions/' || e.version_number
           AS version, p.title AS pledge_title, e.kind, e.minute_ref, e.recommendation
  FROM endorsement_decision AS e
  JOIN pledge AS p ON p.authority_id = e.authority_id AND p.pledge_id = e.pledge_id
 WHERE e.authority_id = app_authority() AND e.body_id = :name/bodies::text
   AND e.meeting_id = :name/bodies/meetings::text
   AND e.recorded_at::date <= coalesce(:known_on::date, '9999-12-31')
 ORDER BY e.minute_ref, e.pledge_id, e.version_number;
-- into: record.actions
SELECT name, held_on, item, text, owner, seat_id, owner_display_name, due_on, state, note, noted_on,
       note_count, days_over
  FROM action_standing((SELECT as_at_day(:as_at::date)), coalesce(:known_on::date, '9999-12-31'))
 WHERE body_id = :name/bodies::text AND meeting_id = :name/bodies/meetings::text
 ORDER BY action;
-- into: record.matters_arising
SELECT name, held_on, item, text, owner, seat_id, owner_display_name, due_on, state, note, noted_on,
       note_count, days_over
  FROM matters_arising(:name/bodies::text, :name/bodies/meetings::text, coalesce(:known_on::date, '9999-12-31'));
