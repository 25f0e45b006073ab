-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.NationalProgrammeService/DecideProposal
-- permission: work.write
-- tx: write
SELECT proposal_decide(
    :name/programmes::text, :name/programmes/proposals::text, :decision.priority::text,
    :decision.owner::text, :decision.target::text, :decision.resource_note::text,
    :decision.cost_pence::int8, :decision.set_aside::bool, :decision.reason::text,
    :decision.decided_on::date);
-- into: proposal
SELECT name, number, area, area_title, text, priority AS "decision.priority", owner AS "decision.owner",
       target AS "decision.target", resource_note AS "decision.resource_note",
       cost_pence AS "decision.cost_pence", set_aside AS "decision.set_aside", reason AS "decision.reason",
       decided_on AS "decision.decided_on", owner_display_name, state, work_item, days_over
  FROM proposals_at(current_date, '9999-12-31')
 WHERE programme_id = :name/programmes::text AND number = version_number(:name/programmes/proposals::text);
