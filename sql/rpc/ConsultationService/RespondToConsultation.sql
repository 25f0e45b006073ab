-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ConsultationService/RespondToConsultation
-- permission: public
-- tx: write
SELECT response_by_code(
    :code::text, :ratings.question::int4[], :ratings.rating::int4[],
    :choices.question::int4[], :choices.option::int4[], :preferences.question::int4[],
    :preferences.place::int4[], :preferences.option::int4[], :texts.question::int4[],
    :texts.text::text[]);
