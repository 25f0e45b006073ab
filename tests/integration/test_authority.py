# SPDX-License-Identifier: Apache-2.0
"""Resources as the AIPs ask: names, pages, etags, masks, request_id, validate_only."""

import uuid

import grpc
import harness

Code = grpc.StatusCode


class Authorities(harness.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name in ("derby", "halton"):
            cls.admin.CreateAuthority(authority_id=name, authority={"display_name": name.title()})
        cls.derby = cls.member("derby", "derby-officer", "ROLE_OFFICER")
        cls.halton = cls.member("halton", "halton-officer", "ROLE_OFFICER")

    def test_create_read_and_list(self):
        made = self.derby.CreateDepartment(
            parent="authorities/derby", department_id="housing",
            department={"display_name": "Housing", "director_post": "Director of Housing"}).department
        self.assertEqual(made.name, "authorities/derby/departments/housing")
        self.assertTrue(made.etag)
        self.assertGreater(made.create_time.seconds, 0)
        read = self.derby.GetDepartment(name=made.name).department
        self.assertEqual(read, made)
        names = [d.name for d in self.derby.ListDepartments(parent="authorities/derby").departments]
        self.assertIn(made.name, names)

    def test_pages_are_whole_and_in_order(self):
        for i in range(7):
            self.derby.CreateBody(parent="authorities/derby", body_id=f"body-{i}",
                                  body={"display_name": f"Body {i}"})
        seen, token, pages = [], "", 0
        while True:
            page = self.derby.ListBodies(parent="authorities/derby", page_size=3, page_token=token)
            seen += [b.name for b in page.bodies]
            self.assertLessEqual(len(page.bodies), 3)
            pages += 1
            token = page.next_page_token
            if not token:
                break
        self.assertEqual(seen, [f"authorities/derby/bodies/body-{i}" for i in range(7)])
        self.assertEqual(pages, 3)
        self.refused(Code.INVALID_ARGUMENT, self.derby.ListBodies, parent="authorities/derby",
                     page_token="nonsense", field="page_token")
        self.refused(Code.INVALID_ARGUMENT, self.derby.ListBodies, parent="authorities/derby",
                     page_size=-1, field="page_size")

    def test_a_token_of_another_list_is_refused(self):
        for i in range(2):
            self.derby.CreatePartnerAgency(parent="authorities/derby", partner_agency_id=f"agency-{i}",
                                           partner_agency={"display_name": "Agency"})
        token = self.derby.ListPartnerAgencies(parent="authorities/derby", page_size=1).next_page_token
        self.assertTrue(token)
        self.refused(Code.INVALID_ARGUMENT, self.derby.ListDepartments, parent="authorities/derby",
                     page_token=token, field="page_token")

    def test_a_request_id_counts_once(self):
        request = {"parent": "authorities/derby", "department_id": "leisure",
                   "department": {"display_name": "Leisure"}, "request_id": str(uuid.uuid4())}
        first = self.derby.CreateDepartment(**request).department
        self.assertEqual(self.derby.CreateDepartment(**request).department, first)
        request["department"] = {"display_name": "Something else"}
        self.refused(Code.INVALID_ARGUMENT, self.derby.CreateDepartment, field="request_id", **request)
        self.refused(Code.INVALID_ARGUMENT, self.derby.CreateDepartment, parent="authorities/derby",
                     department_id="parks", department={"display_name": "Parks"}, request_id="7",
                     field="request_id")

    def test_validate_only_writes_nothing(self):
        request = {"parent": "authorities/derby", "department_id": "transport",
                   "department": {"display_name": "Transport"}}
        answer = self.derby.CreateDepartment(validate_only=True, **request)
        self.assertEqual(answer.department.display_name, "Transport")
        self.refused(Code.NOT_FOUND, self.derby.GetDepartment,
                     name="authorities/derby/departments/transport")
        request["department"] = {"display_name": ""}
        self.refused(Code.INVALID_ARGUMENT, self.derby.CreateDepartment, validate_only=True,
                     field="department.display_name", **request)

    def test_masks_and_etags(self):
        name = "authorities/derby/departments/library"
        made = self.derby.CreateDepartment(
            parent="authorities/derby", department_id="library",
            department={"display_name": "Library", "director_post": "Head of Libraries"}).department
        changed = self.derby.UpdateDepartment(
            department={"name": name, "display_name": "Libraries", "etag": made.etag},
            update_mask={"paths": ["display_name"]}).department
        self.assertEqual(changed.display_name, "Libraries")
        self.assertEqual(changed.director_post, "Head of Libraries")
        self.assertNotEqual(changed.etag, made.etag)
        self.refused(Code.ABORTED, self.derby.UpdateDepartment,
                     department={"name": name, "display_name": "X", "etag": made.etag},
                     field="department.etag")
        self.refused(Code.INVALID_ARGUMENT, self.derby.UpdateDepartment, department={"name": name},
                     update_mask={"paths": ["nonsense"]}, field="update_mask.paths[0]")
        self.refused(Code.NOT_FOUND, self.derby.UpdateDepartment,
                     department={"name": "authorities/derby/departments/none", "display_name": "X"})

    def test_bad_values_name_their_field(self):
        cases = [
            ({"department_id": "Has Space", "department": {"display_name": "X"}}, "department_id"),
            ({"department_id": "x" * 64, "department": {"display_name": "X"}}, "department_id"),
            ({"department_id": "x", "department": {"display_name": "  "}}, "department.display_name"),
            ({"department_id": "x", "department": {"display_name": "x" * 201}}, "department.display_name"),
        ]
        for fields, field in cases:
            with self.subTest(field=field):
                self.refused(Code.INVALID_ARGUMENT, self.derby.CreateDepartment,
                             parent="authorities/derby", field=field, **fields)
        for parent in ("", "derby", "authorities/", "authorities/Derby", "authorities/derby/x/y"):
            with self.subTest(parent=parent):
                self.refused(Code.INVALID_ARGUMENT, self.derby.ListDepartments, parent=parent,
                             field="parent")

    def test_lists_show_only_ones_own_authorities(self):
        self.assertEqual([a.name for a in self.derby.ListAuthorities().authorities],
                         ["authorities/derby"])
        self.assertEqual(len(self.admin.ListAuthorities().authorities), 2)

    def test_words_are_each_councils_own(self):
        self.derby.UpdateAuthority(
            authority={"name": "authorities/derby", "words": {"statement": "promise"}},
            update_mask={"paths": ["words.statement"]})
        words = self.derby.GetAuthority(name="authorities/derby").authority.words
        self.assertEqual(words.statement, "promise")


if __name__ == "__main__":
    harness.main()
