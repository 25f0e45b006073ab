-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ReturnService/ImportReturns
-- permission: return.submit
-- tx: write
SELECT returns_import(
    :parent/rounds::text[], :owner::text[], :received_on::text[],
    :progress.commitment_id::text[], :progress.rating::text[], :progress.narrative::text[],
    :progress.reason::text[], :progress.measure_value::text[], :progress.actual_on::text[],
    :progress.evidence::text[], :progress.confirmation::text[], :observed_to::text[]);
-- into: .
SELECT cardinality(:owner::text[]) AS line_count,
       (SELECT count(DISTINCT (u.round, u.owner))::int4
          FROM unnest(:parent/rounds::text[], :owner::text[]) AS u (round, owner))
           AS return_count;
-- after: refusal
SELECT return_attempt_refused(u.round, u.owner, count(*)::int, :refusal.status::text,
           :refusal.message::text, string_to_array(:refusal.codes::text, ' '))
  FROM unnest(:parent/rounds::text[], :owner::text[]) AS u (round, owner)
 GROUP BY u.round, u.owner
 ORDER BY u.owner, u.round;
