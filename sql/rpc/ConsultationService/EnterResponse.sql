-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ConsultationService/EnterResponse
-- permission: consultation.enter
-- tx: write
SELECT response_enter(
    :parent/consultations::text, :group_id::text, :ratings.question::int4[], :ratings.rating::int4[],
    :choices.question::int4[], :choices.option::int4[], :preferences.question::int4[],
    :preferences.place::int4[], :preferences.option::int4[], :texts.question::int4[],
    :texts.text::text[], :received_on::date);
