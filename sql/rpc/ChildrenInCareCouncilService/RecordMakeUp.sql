-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ChildrenInCareCouncilService/RecordMakeUp
-- permission: cicc.record
-- tx: write
SELECT make_up_record(
    :make_up_id::text, :make_up.counted_on::date, :make_up.size::int4, :make_up.groups.kind::text[],
    :make_up.groups.label::text[], :make_up.groups.count::int4[]);
-- into: make_up
SELECT name, counted_on, size, suppressed, "groups.kind", "groups.label", "groups.count",
       "groups.suppressed", create_time
  FROM make_up_resource
 WHERE authority_id = app_authority() AND make_up_id = :make_up_id::text;
