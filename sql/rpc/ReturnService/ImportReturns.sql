-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ReturnService/ImportReturns
-- permission: return.submit
-- tx: write
SELECT returns_import(
    :parent/rounds::text[], :owner::text[], :received_on::text[],
    :progress.commitment_id::text[], :progress.rating::text[], :progress.narrative::text[],
    :progress.reason::text[], :progress.measure_value::text[], :progress.actual_on::text[],
    :progress.evidence::text[]);
-- into: .
SELECT cardinality(:owner::text[]) AS line_count,
       (SELECT count(DISTINCT (u.round, u.owner))::int4
          FROM unnest(:parent/rounds::text[], :owner::text[]) AS u (round, owner))
           AS return_count;
