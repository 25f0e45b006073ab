-- SPDX-License-Identifier: Apache-2.0
-- Deploy pledge:care_code to pg
-- The code sets of the national return on children in care, SSDA903, by collection year: the year that ends on
-- 31 March. And the categories that codes are counted to, which is all of a child that is ever stored.
--
-- The command line is built with the rows of this file (client/cli/CMakeLists.txt), since it counts without asking
-- anybody: keep one row a line, without semicolons.
--
-- Where the codes are from:
--   2017 to 2026  open data models of the return: the schemas of the LIIA tools for 2017, 2019, 2022 and 2024, which
--                 know one change to these four items, the reasons E43 and E44 that became E45 to E48 in 2019, and the
--                 rules 143, 144, 146 and 149 of an open validator of the collection of 2022-23, which agree
--   2008          the codes from before a placement's provider and place were items of their own, when both were
--                 in its code: as the Welsh return, which kept them, has them in an open research lookup, less what
--                 only Wales has
-- Other years are not held: in between, codes were replaced one after the other. A year is added by its row in
-- care_year and the ranges of its codes. The department's own guide to a year's collection is the authority.
BEGIN;

SET LOCAL search_path = pledge, pg_temp;

CREATE TABLE care_year (
    year int NOT NULL,
    CONSTRAINT care_year_year_unique PRIMARY KEY (year)
);
COMMENT ON TABLE care_year IS 'Collection years whose code sets are held.';
COMMENT ON CONSTRAINT care_year_year_unique ON care_year IS 'year: is held already';

INSERT INTO care_year (year) VALUES
    (2008),
    (2017),
    (2018),
    (2019),
    (2020),
    (2021),
    (2022),
    (2023),
    (2024),
    (2025),
    (2026);

CREATE TABLE care_category (
    dimension text NOT NULL,
    position  int NOT NULL,
    category  text NOT NULL,
    title     text NOT NULL,
    headline  text NOT NULL,
    CONSTRAINT care_category_category_unique PRIMARY KEY (dimension, category),
    CONSTRAINT care_category_position_unique UNIQUE (dimension, position),
    CONSTRAINT care_category_dimension_known CHECK (dimension IN ('legal_status', 'placement', 'age'))
);
COMMENT ON TABLE care_category IS 'What children in care are counted by. headline: the line of a summary that the'
    ' category adds to, or empty.';
COMMENT ON CONSTRAINT care_category_category_unique ON care_category IS 'category: is there already';
COMMENT ON CONSTRAINT care_category_position_unique ON care_category IS 'position: is taken';
COMMENT ON CONSTRAINT care_category_dimension_known ON care_category
    IS 'dimension: must be legal status, placement or age';

INSERT INTO care_category (dimension, position, category, title, headline) VALUES
    ('legal_status', 1, 'care_order', 'Care order', 'on care orders'),
    ('legal_status', 2, 'interim_care_order', 'Interim care order', 'on care orders'),
    ('legal_status', 3, 'placement_order', 'Placement order', ''),
    ('legal_status', 4, 'freeing_order', 'Freed for adoption', ''),
    ('legal_status', 5, 'accommodated', 'Accommodated by agreement', ''),
    ('legal_status', 6, 'protection', 'Emergency or police protection', ''),
    ('legal_status', 7, 'youth_justice', 'Remanded or sentenced', ''),
    ('legal_status', 8, 'unknown', 'Not known', ''),
    ('placement', 1, 'foster', 'Foster care', 'in foster care'),
    ('placement', 2, 'childrens_home', 'Children''s home', 'in children''s homes'),
    ('placement', 3, 'secure', 'Secure unit', ''),
    ('placement', 4, 'semi_independent', 'Supported accommodation', ''),
    ('placement', 5, 'parents', 'With parents', ''),
    ('placement', 6, 'adoption', 'Placed for adoption', ''),
    ('placement', 7, 'independent', 'Living independently', ''),
    ('placement', 8, 'school', 'Residential school', ''),
    ('placement', 9, 'other_residential', 'Other residential setting', ''),
    ('placement', 10, 'absent', 'Away from the placement', ''),
    ('placement', 11, 'temporary', 'Short move from the placement', ''),
    ('placement', 12, 'other', 'Other placement', ''),
    ('placement', 13, 'unknown', 'Not known', ''),
    ('age', 1, 'under_1', 'Under 1', ''),
    ('age', 2, 'from_1_to_4', '1 to 4', ''),
    ('age', 3, 'from_5_to_9', '5 to 9', ''),
    ('age', 4, 'from_10_to_15', '10 to 15', ''),
    ('age', 5, 'from_16', '16 and over', ''),
    ('age', 6, 'unknown', 'Not known', '');

CREATE TABLE care_code (
    item       text NOT NULL,
    code       text NOT NULL,
    first_year int NOT NULL,
    last_year  int NOT NULL,
    category   text NOT NULL,
    title      text NOT NULL,
    CONSTRAINT care_code_code_unique PRIMARY KEY (item, code, first_year),
    CONSTRAINT care_code_item_known CHECK (item IN ('LS', 'PLACE', 'RNE', 'REC')),
    CONSTRAINT care_code_last_year_order CHECK (last_year >= first_year)
);
COMMENT ON TABLE care_code IS 'Codes of the items LS, PLACE, RNE and REC, with the first and last collection year that'
    ' has them, as far as it is held. category: what a legal status or placement counts to; short_breaks for none,'
    ' since a child in an agreed series of short breaks is not counted as in care.';
COMMENT ON CONSTRAINT care_code_code_unique ON care_code IS 'code: is there already';
COMMENT ON CONSTRAINT care_code_item_known ON care_code IS 'item: must be LS, PLACE, RNE or REC';
COMMENT ON CONSTRAINT care_code_last_year_order ON care_code IS 'last_year: is not before the first';

INSERT INTO care_code (item, code, first_year, last_year, category, title) VALUES
    ('LS', 'C1', 2008, 2026, 'interim_care_order', 'Interim care order'),
    ('LS', 'C2', 2008, 2026, 'care_order', 'Full care order'),
    ('LS', 'D1', 2008, 2026, 'freeing_order', 'Freeing order granted'),
    ('LS', 'E1', 2008, 2026, 'placement_order', 'Placement order granted'),
    ('LS', 'V2', 2008, 2026, 'accommodated', 'Single period of accommodation under section 20'),
    ('LS', 'V3', 2008, 2026, 'short_breaks', 'Series of short breaks, agreement recorded'),
    ('LS', 'V4', 2008, 2026, 'short_breaks', 'Series of short breaks, each episode recorded'),
    ('LS', 'L1', 2008, 2026, 'protection', 'Police protection'),
    ('LS', 'L2', 2008, 2026, 'protection', 'Emergency protection order'),
    ('LS', 'L3', 2008, 2026, 'protection', 'Child assessment order'),
    ('LS', 'J1', 2008, 2026, 'youth_justice', 'On remand'),
    ('LS', 'J2', 2008, 2026, 'youth_justice', 'Detained in local authority accommodation'),
    ('LS', 'J3', 2008, 2026, 'youth_justice', 'Sentenced to supervision with a residence requirement'),
    ('PLACE', 'A3', 2008, 2026, 'adoption', 'For adoption with consent, with the current foster carer'),
    ('PLACE', 'A4', 2008, 2026, 'adoption', 'For adoption with consent, with others'),
    ('PLACE', 'A5', 2008, 2026, 'adoption', 'For adoption by placement order, with the current foster carer'),
    ('PLACE', 'A6', 2008, 2026, 'adoption', 'For adoption by placement order, with others'),
    ('PLACE', 'F1', 2008, 2008, 'foster', 'With a relative or friend, inside the council boundary'),
    ('PLACE', 'F2', 2008, 2008, 'foster', 'With a carer of the council, inside its boundary'),
    ('PLACE', 'F3', 2008, 2008, 'foster', 'With a carer of an agency, inside the council boundary'),
    ('PLACE', 'F4', 2008, 2008, 'foster', 'With a relative or friend, outside the council boundary'),
    ('PLACE', 'F5', 2008, 2008, 'foster', 'With a carer of the council, outside its boundary'),
    ('PLACE', 'F6', 2008, 2008, 'foster', 'With a carer of an agency, outside the council boundary'),
    ('PLACE', 'H1', 2008, 2008, 'secure', 'Secure unit inside the council boundary'),
    ('PLACE', 'H2', 2008, 2008, 'secure', 'Secure unit outside the council boundary'),
    ('PLACE', 'H3', 2008, 2008, 'childrens_home', 'Home or hostel inside the council boundary'),
    ('PLACE', 'H4', 2008, 2008, 'childrens_home', 'Home or hostel outside the council boundary'),
    ('PLACE', 'H5', 2008, 2026, 'semi_independent', 'Residential, not under the rules for children''s homes'),
    ('PLACE', 'K1', 2017, 2026, 'secure', 'Secure children''s home'),
    ('PLACE', 'K2', 2017, 2026, 'childrens_home', 'Children''s home or hostel'),
    ('PLACE', 'M1', 2008, 2008, 'absent', 'In refuge'),
    ('PLACE', 'M2', 2008, 2008, 'absent', 'Away, whereabouts known'),
    ('PLACE', 'M3', 2008, 2008, 'absent', 'Away, whereabouts unknown'),
    ('PLACE', 'P1', 2008, 2026, 'parents', 'With parents or others with parental responsibility'),
    ('PLACE', 'P2', 2008, 2026, 'independent', 'Living independently'),
    ('PLACE', 'P3', 2008, 2026, 'independent', 'Employment with a place to live'),
    ('PLACE', 'R1', 2008, 2026, 'other_residential', 'Residential care home'),
    ('PLACE', 'R2', 2008, 2026, 'other_residential', 'Health trust or other medical or nursing care'),
    ('PLACE', 'R3', 2008, 2026, 'other_residential', 'Family centre or mother and baby unit'),
    ('PLACE', 'R5', 2008, 2026, 'other_residential', 'Young offender institution or prison'),
    ('PLACE', 'S1', 2008, 2026, 'school', 'Residential school'),
    ('PLACE', 'T0', 2017, 2026, 'temporary', 'Seven days or less, for any other reason'),
    ('PLACE', 'T1', 2017, 2026, 'temporary', 'In hospital for a time'),
    ('PLACE', 'T2', 2017, 2026, 'temporary', 'On holiday for a time'),
    ('PLACE', 'T3', 2017, 2026, 'temporary', 'While the foster carer is on holiday'),
    ('PLACE', 'T4', 2017, 2026, 'temporary', 'Other short move'),
    ('PLACE', 'U1', 2017, 2026, 'foster', 'With a relative or friend, long term'),
    ('PLACE', 'U2', 2017, 2026, 'foster', 'With a relative or friend who may adopt'),
    ('PLACE', 'U3', 2017, 2026, 'foster', 'With a relative or friend, neither'),
    ('PLACE', 'U4', 2017, 2026, 'foster', 'With another carer, long term'),
    ('PLACE', 'U5', 2017, 2026, 'foster', 'With another carer who may adopt'),
    ('PLACE', 'U6', 2017, 2026, 'foster', 'With another carer, neither'),
    ('PLACE', 'Z1', 2008, 2026, 'other', 'Other placement'),
    ('RNE', 'S', 2008, 2026, '', 'Started to be looked after'),
    ('RNE', 'L', 2008, 2026, '', 'Change of legal status only'),
    ('RNE', 'P', 2008, 2026, '', 'Change of placement and carer only'),
    ('RNE', 'T', 2017, 2026, '', 'Change of placement, same carer'),
    ('RNE', 'B', 2008, 2026, '', 'Change of legal status, placement and carer at once'),
    ('RNE', 'U', 2017, 2026, '', 'Change of legal status and placement, same carer'),
    ('REC', 'X1', 2008, 2026, '', 'The next episode begins at once'),
    ('REC', 'E11', 2008, 2026, '', 'Adopted, unopposed'),
    ('REC', 'E12', 2008, 2026, '', 'Adopted, consent dispensed with'),
    ('REC', 'E13', 2017, 2026, '', 'Left care to live with others without parental responsibility'),
    ('REC', 'E14', 2017, 2026, '', 'Accommodation on remand ended'),
    ('REC', 'E15', 2017, 2026, '', 'Age assessment found the person to be an adult'),
    ('REC', 'E16', 2017, 2026, '', 'Child moved abroad'),
    ('REC', 'E17', 2017, 2026, '', 'Turned 18 and stayed on with the carer'),
    ('REC', 'E2', 2008, 2026, '', 'Died'),
    ('REC', 'E3', 2008, 2026, '', 'Care taken over by another council'),
    ('REC', 'E4', 2008, 2008, '', 'Returned home'),
    ('REC', 'E4A', 2017, 2026, '', 'Returned home as planned'),
    ('REC', 'E4B', 2017, 2026, '', 'Returned home, not as planned'),
    ('REC', 'E41', 2008, 2026, '', 'Residence or child arrangements order'),
    ('REC', 'E43', 2008, 2018, '', 'Special guardianship to former foster carers'),
    ('REC', 'E44', 2008, 2018, '', 'Special guardianship to others'),
    ('REC', 'E45', 2019, 2026, '', 'Special guardianship to a relative or friend who fostered'),
    ('REC', 'E46', 2019, 2026, '', 'Special guardianship to another former foster carer'),
    ('REC', 'E47', 2019, 2026, '', 'Special guardianship to a relative or friend who did not foster'),
    ('REC', 'E48', 2019, 2026, '', 'Special guardianship to others'),
    ('REC', 'E5', 2008, 2026, '', 'Moved into independent living with support'),
    ('REC', 'E6', 2008, 2026, '', 'Moved into independent living without support'),
    ('REC', 'E7', 2008, 2026, '', 'Moved to adult social care'),
    ('REC', 'E8', 2008, 2026, '', 'Any other reason'),
    ('REC', 'E9', 2008, 2026, '', 'Sentenced to custody');

CREATE FUNCTION care_year_of(p_day date) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT extract(year FROM p_day)::int + (extract(month FROM p_day) > 3)::int $$;
COMMENT ON FUNCTION care_year_of(date) IS 'The collection year of a day: the year whose 31 March ends it.';

CREATE FUNCTION care_year_held(p_year int) RETURNS int
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM care_year WHERE year = p_year) THEN
        PERFORM fail('PL404', 'The codes of that year are not held. There are those of the years ending 31 March '
            || (SELECT string_agg(year::text, ', ' ORDER BY year) FROM care_year) || '.', 'year');
    END IF;
    RETURN p_year;
END
$$;
COMMENT ON FUNCTION care_year_held(int) IS 'The year itself, where its codes are held; else the call fails.';

COMMIT;
