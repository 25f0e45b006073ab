# SPDX-License-Identifier: Apache-2.0
"""A small council for tests: two departments, one partner agency, a pledge of three statements."""

import datetime

import harness

TODAY = datetime.date.today()


def day(offset):
    return (TODAY + datetime.timedelta(days=offset)).isoformat()


def statement(number):
    return {"statement_id": str(number), "outcome_id": "be-heard", "title": f"Promise {number}",
            "text": f"We will do thing {number}."}


class SmallCouncil(harness.Case):
    """Authority "derby" with owners housing, leisure and police; round "now" is open until +10 days."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.parent = "authorities/derby"
        cls.admin.CreateAuthority(authority_id="derby", authority={"display_name": "Derby"})
        cls.officer = cls.member("derby", "derby-officer", "ROLE_OFFICER")
        for owner in ("housing", "leisure"):
            cls.officer.CreateDepartment(parent=cls.parent, department_id=owner,
                                         department={"display_name": owner.title()})
        cls.officer.CreatePartnerAgency(parent=cls.parent, partner_agency_id="police",
                                        partner_agency={"display_name": "Police"})
        cls.director = cls.member("derby", "housing-director", "ROLE_DIRECTOR",
                                  f"{cls.parent}/departments/housing")
        cls.agency = cls.member("derby", "police-agency", "ROLE_PARTNER_AGENCY",
                                f"{cls.parent}/partnerAgencies/police")
        cls.pledge()
        cls.commitments()
        cls.round("now", opens=-20, due=10, closes=20)

    @classmethod
    def pledge(cls):
        officer = cls.officer
        officer.CreateBody(parent=cls.parent, body_id="committee", body={"display_name": "Committee"})
        officer.CreatePledge(parent=cls.parent, pledge_id="promise", pledge={"title": "Our promise"})
        version = officer.CreateVersion(
            parent=f"{cls.parent}/pledges/promise", version_id="1",
            version={"title": "Our promise", "outcomes": [{"outcome_id": "be-heard", "title": "Be heard"}],
                     "statements": [statement(n) for n in (1, 2, 3)]}).version
        cls.version = officer.AdoptVersion(name=version.name, etag=version.etag, adopted_on="2016-01-26",
                                           adopted_by=f"{cls.parent}/bodies/committee").version

    @classmethod
    def commitments(cls):
        for owner, collection, items in (("housing", "departments", {"h1": [1], "h2": [1, 2]}),
                                         ("leisure", "departments", {"l1": [2]}),
                                         ("police", "partnerAgencies", {"p1": [1]})):
            for identifier, statements in items.items():
                cls.officer.CreateCommitment(
                    parent=cls.parent, commitment_id=identifier,
                    commitment={"owner": f"{cls.parent}/{collection}/{owner}", "summary": "Do it",
                                "statements": [f"{cls.version.name}/statements/{n}" for n in statements]})

    @classmethod
    def round(cls, identifier, opens, due, closes):
        return cls.officer.CreateRound(
            parent=cls.parent, round_id=identifier,
            round={"title": identifier.title(), "version": cls.version.name, "observed_from": day(opens - 90),
                   "observed_to": day(opens - 1), "opens_on": day(opens), "due_on": day(due),
                   "closes_on": day(closes)}).round

    def line(self, commitment, rating="RATING_GREEN", **more):
        """A line of a return; what the checks only ask about is answered."""
        return {"commitment_id": commitment, "rating": rating, "narrative": "Done.", "confirmation": "Yes.", **more}

    def report(self, owner, lines, **more):
        collection = "partnerAgencies" if owner == "police" else "departments"
        return {"owner": f"{self.parent}/{collection}/{owner}", "progress": lines, **more}
