-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.NationalProgrammeService/GetProgramme
-- permission: work.read
-- tx: read
-- into: programme
SELECT p.name, p.title, p.publisher, p.published_on, p.create_time,
       c.proposals AS "counts.proposals", c.taken_up AS "counts.taken_up",
       c.not_taken_up AS "counts.not_taken_up", c.set_aside AS "counts.set_aside",
       c.under_way AS "counts.under_way", c.done AS "counts.done", c.late AS "counts.late"
  FROM programme_resource AS p
  JOIN programme_counts_at((SELECT as_at_day(:as_at::date)), coalesce(:known_on::date, '9999-12-31')) AS c ON c.programme_id = p.programme_id AND c.area = 0
 WHERE p.authority_id = app_authority() AND p.programme_id = :name/programmes::text;
-- into: areas
SELECT a.area, a.title,
       c.proposals AS "counts.proposals", c.taken_up AS "counts.taken_up",
       c.not_taken_up AS "counts.not_taken_up", c.set_aside AS "counts.set_aside",
       c.under_way AS "counts.under_way", c.done AS "counts.done", c.late AS "counts.late"
  FROM programme_area AS a
  JOIN programme_counts_at((SELECT as_at_day(:as_at::date)), coalesce(:known_on::date, '9999-12-31')) AS c ON c.programme_id = a.programme_id AND c.area = a.area
 WHERE a.authority_id = app_authority() AND a.programme_id = :name/programmes::text
 ORDER BY a.area;
