# SPDX-License-Identifier: Apache-2.0
"""Every RPC, called by a client that knows nothing but what server reflection tells it.

STORY is the data: one council from nothing to an issued pledge, in order. A method that reflection tells of and that
has no row there fails the test.
"""

import base64
import glob
import os
import re
import tempfile
import urllib.parse

import grpc
import harness
from council import day
from google.protobuf import descriptor_pool, json_format, message_factory
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase
from test_permissions import table
from test_sign_up import Signer, lines
from test_signin import PASSWORD, one_time_code

OTHER_PASSWORD = "calm badger eats 9 pears"
STREAM_SECONDS = 5
REFLECTION = {"grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection"}
A = "authorities/derby"
WAY = f"{A}/pledges/promise/versions/1/endorsements/first"
ASKED = f"{A}/consultations/asked"
ROUND = f"{A}/rounds/now"
SIGNED = f"{A}/pledges/promise/versions/1"
SAT = f"{A}/bodies/committee/meetings/m"
TEXT = {"outcomes": [{"outcomeId": "o", "title": "Be heard"}],
        "statements": [{"statementId": str(n), "outcomeId": "o", "title": f"Promise {n}", "text": f"We do thing {n}."}
                       for n in (1, 2)]}
MEMBERS = (("administrator", "COUNCIL_ADMINISTRATOR", ""), ("officer", "OFFICER", ""), ("worker", "SUPPORT_WORKER", ""),
           ("safeguarding", "SAFEGUARDING_OFFICER", ""), ("director", "DIRECTOR", f"{A}/departments/housing"),
           ("agency", "PARTNER_AGENCY", f"{A}/partnerAgencies/police"))


def member(name, role, owner):
    return ("MemberService/CreateMember", "admin", lambda _: {"parent": A, "memberId": name, "member": {
        "displayName": name, "role": f"ROLE_{role}", "owner": owner,
        "certificateSha256": harness.fingerprint(f"foreign-{name}")}})


def route(**more):
    return {"displayName": "Committee", "steps": [{"stepId": "c", "body": f"{A}/bodies/committee", "daysAllowed": 30,
                                                 "callInDays": 5}],
            "moves": [{"stepId": "c", "decision": "DECISION_KIND_APPROVE", "leadsTo": "MOVE_TARGET_APPROVED"}],
            "recorders": [{"stepId": "c", "role": "ROLE_OFFICER"}], **more}


def progress(commitment):
    return {"commitmentId": commitment, "rating": "RATING_GREEN", "narrative": "Done."}


# (method, who calls, request, what to keep of the answer, code unless OK). A request is JSON, or made of what was
# kept. Who is an identity, or "session" for the session token that was kept; None shows nothing.
STORY = [
    ("grpc.health.v1.Health/Check", None, {}),
    ("grpc.health.v1.Health/Watch", None, {}),
    ("AuthorityService/CreateAuthority", "admin", {"authorityId": "derby", "authority": {"displayName": "Derby"}}),
    member(*MEMBERS[0]), member(*MEMBERS[1]), member(*MEMBERS[2]), member(*MEMBERS[3]),
    ("AuthorityService/GetAuthority", "officer", {"name": A}),
    ("AuthorityService/ListAuthorities", "officer", {}),
    ("AuthorityService/UpdateAuthority", "officer", {"authority": {"name": A, "displayName": "Derby City Council"},
                                                     "updateMask": "displayName"}),
    ("AuthorityService/CreateDepartment", "officer", {"parent": A, "departmentId": "housing",
                                                      "department": {"displayName": "Housing"}}),
    ("AuthorityService/GetDepartment", "officer", {"name": f"{A}/departments/housing"}),
    ("AuthorityService/ListDepartments", "officer", {"parent": A}),
    ("AuthorityService/UpdateDepartment", "officer", {
        "department": {"name": f"{A}/departments/housing", "directorPost": "Director"}, "updateMask": "directorPost"}),
    ("AuthorityService/CreatePartnerAgency", "officer", {"parent": A, "partnerAgencyId": "police",
                                                         "partnerAgency": {"displayName": "Police"}}),
    ("AuthorityService/GetPartnerAgency", "officer", {"name": f"{A}/partnerAgencies/police"}),
    ("AuthorityService/ListPartnerAgencies", "officer", {"parent": A}),
    ("AuthorityService/UpdatePartnerAgency", "officer", {
        "partnerAgency": {"name": f"{A}/partnerAgencies/police", "contactPost": "Inspector"}, "updateMask": "contactPost"}),
    member(*MEMBERS[4]), member(*MEMBERS[5]),
    ("AuthorityService/CreateBody", "officer", {"parent": A, "bodyId": "committee", "body": {"displayName": "Committee"}}),
    ("AuthorityService/GetBody", "officer", {"name": f"{A}/bodies/committee"}),
    ("AuthorityService/ListBodies", "officer", {"parent": A}),
    ("AuthorityService/UpdateBody", "officer", {"body": {"name": f"{A}/bodies/committee", "meetingIntervalMonths": 2},
                                                "updateMask": "meetingIntervalMonths"}),
    ("AuthorityService/AddBodyMember", "officer", {"parent": f"{A}/bodies/committee", "bodyMemberId": "chair", "bodyMember": {
        "displayName": "Lead member", "role": "BODY_ROLE_CHAIR", "sitsFrom": "2016-01-01"}}),
    ("AuthorityService/ListBodyMembers", "officer", {"parent": f"{A}/bodies/committee", "asAt": "2016-01-01"}),
    ("AuthorityService/GetBodyMember", "officer", {"name": f"{A}/bodies/committee/members/chair"}),
    ("AuthorityService/UpdateBodyMember", "officer", {
        "bodyMember": {"name": f"{A}/bodies/committee/members/chair", "party": "Blue"}, "updateMask": "party"}),

    ("MemberService/GetSelf", "officer", {}),
    ("MemberService/ListMembers", "administrator", {"parent": A}),
    ("MemberService/CreateMember", "administrator", {"parent": A, "memberId": "person", "member": {
        "displayName": "Reviewing officer", "role": "ROLE_OFFICER", "userName": "person@derby.example"}}),
    ("MemberService/GetMember", "administrator", {"name": f"{A}/members/person"}),
    ("MemberService/UpdateMember", "administrator", {
        "member": {"name": f"{A}/members/person", "displayName": "Officer"}, "updateMask": "displayName"}),
    ("MemberService/AddCertificate", "administrator", lambda _: {"parent": f"{A}/members/agency", "certificate": {
        "certificateSha256": harness.fingerprint("foreign-agency-2")}}, {"certificate": "certificate.name"}),
    ("MemberService/ListCertificates", "administrator", {"parent": f"{A}/members/agency"}),
    ("MemberService/RevokeCertificate", "administrator", lambda kept: {"name": kept["certificate"]}),
    ("MemberService/InviteMember", "administrator", {"name": f"{A}/members/person"}, {"code": "invitationCode"}),
    ("SessionService/GetSignInOptions", None, {"authority": A}),
    ("SessionService/OpenInvitation", None, lambda kept: {"invitationCode": kept["code"]}, {"uri": "otpauthUri"}),
    ("SessionService/AcceptInvitation", None, lambda kept: {
        "invitationCode": kept["code"], "password": PASSWORD, "oneTimeCode": code(kept)}, {"session": "sessionToken"}),
    ("SessionService/SignIn", None, lambda kept: {
        "userName": "person@derby.example", "password": PASSWORD, "oneTimeCode": code(kept)}, {"session": "sessionToken"}),
    ("SessionService/ListSessions", "session", {}),
    ("SessionService/ReplaceRecoveryCodes", "session", lambda kept: {"password": PASSWORD, "oneTimeCode": code(kept)}),
    ("SessionService/ChangePassword", "session", lambda kept: {
        "password": PASSWORD, "oneTimeCode": code(kept), "newPassword": OTHER_PASSWORD}),
    ("MemberService/ListMemberSessions", "administrator", {"parent": f"{A}/members/person"}),
    ("SessionService/SignOut", "session", {}),
    ("MemberService/EndMemberSessions", "administrator", {"parent": f"{A}/members/person"}),
    ("IdentityProviderService/SetIdentityProvider", "administrator", {"parent": A, "identityProvider": {
        "issuer": "https://localhost", "clientId": "pledge"}}),
    ("IdentityProviderService/GetIdentityProvider", "administrator", {"parent": A}),
    # it is of a private network, and nobody's token is believed
    ("IdentityProviderService/CheckIdentityProvider", "administrator", {"parent": A}, {}, "FAILED_PRECONDITION"),
    ("SessionService/SignInWithToken", None, {"authority": A, "idToken": "a.b.c"}, {}, "UNAUTHENTICATED"),
    ("IdentityProviderService/RemoveIdentityProvider", "administrator", {"parent": A}),

    ("PledgeService/CreatePledge", "officer", {"parent": A, "pledgeId": "promise", "pledge": {"title": "Promise"}}),
    ("PledgeService/GetPledge", "officer", {"name": f"{A}/pledges/promise"}),
    ("PledgeService/ListPledges", "officer", {"parent": A}),
    ("PledgeService/UpdatePledge", "officer", {"pledge": {"name": f"{A}/pledges/promise", "title": "Our promise"},
                                               "updateMask": "title"}),
    ("PledgeService/CreateVersion", "officer", {"parent": f"{A}/pledges/promise", "versionId": "1",
                                                "version": {"title": "One", **TEXT}}),
    ("PledgeService/GetVersion", "officer", {"name": f"{A}/pledges/promise/versions/1"}),
    ("PledgeService/ListVersions", "officer", {"parent": f"{A}/pledges/promise"}),
    ("PledgeService/UpdateVersion", "officer", {"version": {"name": f"{A}/pledges/promise/versions/1", "note": "Sample"},
                                                "updateMask": "note"}),
    ("PledgeService/ListVersionEdits", "officer", {"parent": f"{A}/pledges/promise/versions/1"}),
    ("PledgeService/GetVersionContent", "officer", {"name": f"{A}/pledges/promise/versions/1"}),
    ("PledgeService/GetStatement", "officer", {"name": f"{A}/pledges/promise/versions/1/statements/1"}),
    ("PledgeService/ListStatements", "officer", {"parent": f"{A}/pledges/promise/versions/1"}),

    ("ConsultationService/CreateConsultation", "officer", {"parent": A, "consultationId": "asked", "consultation": {
        "title": "What matters", "version": f"{A}/pledges/promise/versions/1", "opensOn": day(-5), "closesOn": day(5),
        "groups": [{"groupId": "young", "kind": "CONSULTED_KIND_CHILDREN_IN_CARE", "invitedCount": 40}]}}),
    ("ConsultationService/GetConsultation", "officer", {"name": ASKED}),
    ("ConsultationService/ListConsultations", "officer", {"parent": A}),
    ("ConsultationService/CreateQuestion", "officer", {"parent": ASKED, "question": {
        "kind": "QUESTION_KIND_RATING", "prompt": "Do we keep it?"}}),
    ("ConsultationService/CreateQuestion", "officer", {"parent": ASKED, "question": {
        "kind": "QUESTION_KIND_FREE_TEXT", "prompt": "What else?"}}),
    ("ConsultationService/RewordQuestion", "officer", {"parent": ASKED, "question": 2, "prompt": "What is missing?"}),
    ("ConsultationService/UpdateConsultation", "officer", {
        "consultation": {"name": ASKED, "closesOn": day(9)}, "updateMask": "closesOn"}),
    ("ConsultationService/ListQuestions", "officer", {"parent": ASKED}),
    ("ConsultationService/CreateResponseCodes", "worker", {"parent": ASKED, "groupId": "young", "count": 1},
     {"codes": "codes"}),
    ("ConsultationService/GetQuestionsByCode", None, lambda kept: {"code": kept["codes"][0]}),
    ("ConsultationService/RespondToConsultation", None, lambda kept: {
        "code": kept["codes"][0], "ratings": [{"question": 1, "rating": 5}], "texts": [{"question": 2, "text": "Trips."}]}),
    ("ConsultationService/EnterResponse", "worker", {"parent": ASKED, "groupId": "young", "receivedOn": day(-1),
                                                     "ratings": [{"question": 1, "rating": 4}]}),
    ("ConsultationService/GetConsultationResults", "officer", {"name": ASKED}),
    ("ConsultationService/ListTextsToModerate", "worker", {"parent": ASKED}, {"text": "texts.0.name"}),
    ("ConsultationService/ModerateText", "worker", lambda kept: {"name": kept["text"], "state": "TEXT_STATE_SHOWN"}),
    ("ConsultationService/ListTexts", "director", {"parent": ASKED}),
    ("ConsultationService/ListSafeguardingConcerns", "safeguarding", {"parent": A}),
    ("ConsultationService/ProposeAmendment", "officer", {"parent": ASKED, "amendmentId": "1", "amendment": {
        "statementId": "1", "exactWords": "We do", "proposedWords": "We will do", "groupId": "young"}}),
    ("ConsultationService/DecideAmendment", "officer", {
        "name": f"{ASKED}/amendments/1", "decision": "AMENDMENT_STATE_REJECTED", "reason": "It is done now."}),
    ("ConsultationService/ListAmendments", "officer", {"parent": ASKED}),
    ("ConsultationService/CreateSaidDone", "officer", {"parent": ASKED, "saidDone": {"said": "Trips", "done": "Four"}}),
    ("ConsultationService/PublishSaidDone", "officer", {"name": f"{ASKED}/saidDone/1"}),
    ("ConsultationService/ListSaidDone", "director", {"parent": ASKED}),
    ("ConsultationService/CloseConsultation", "officer", {"name": ASKED}),

    ("RouteService/CreateRoute", "officer", {"parent": A, "routeId": "way", "route": route()}),
    ("RouteService/UpdateRoute", "officer", {"route": route(name=f"{A}/routes/way")}),
    ("RouteService/GetRoute", "officer", {"name": f"{A}/routes/way", "revision": 1}),
    ("RouteService/ListRoutes", "officer", {"parent": A}),
    ("EndorsementService/StartEndorsement", "officer", {
        "parent": f"{A}/pledges/promise/versions/1", "endorsementId": "first",
        "endorsement": {"route": f"{A}/routes/way", "startedOn": "2016-01-01"}}),
    ("EndorsementService/CreateMeeting", "officer", {"parent": f"{A}/bodies/committee", "meetingId": "m",
                                                     "meeting": {"heldOn": "2016-02-23"}}),
    ("EndorsementService/ListMeetings", "officer", {"parent": f"{A}/bodies/committee"}),
    ("EndorsementService/GiveNotice", "officer", {"parent": WAY, "notice": {
        "meeting": f"{A}/bodies/committee/meetings/m", "publishedOn": "2016-01-20"}}),
    ("EndorsementService/ListForwardPlan", "officer", {"parent": A, "asAt": "2016-02-01"}),
    ("EndorsementService/ListStalls", "officer", {"parent": A, "asAt": "2016-02-20"}),
    ("EndorsementService/RecordDecision", "officer", {"parent": WAY, "decision": {
        "meeting": f"{A}/bodies/committee/meetings/m", "kind": "DECISION_KIND_APPROVE", "minuteRef": "6",
        "recommendation": "To approve it", "keyDecision": True}}),
    ("EndorsementService/WithdrawDecision", "officer", {"name": WAY, "number": 1, "reason": "The minute is number 7"}),
    ("EndorsementService/RecordDecision", "officer", {"parent": WAY, "decision": {
        "meeting": f"{A}/bodies/committee/meetings/m", "kind": "DECISION_KIND_APPROVE", "minuteRef": "7",
        "recommendation": "To approve it", "keyDecision": True}}),
    ("EndorsementService/CallInDecision", "officer", {
        "name": WAY, "number": 2, "calledInOn": "2016-02-25", "calledBy": "Five councillors", "reason": "The cost",
        "body": f"{A}/bodies/committee"}),
    ("EndorsementService/CreateMeeting", "officer", {"parent": f"{A}/bodies/committee", "meetingId": "special",
                                                     "meeting": {"heldOn": "2016-02-26"}}),
    ("EndorsementService/DecideCallIn", "officer", {
        "name": WAY, "number": 2, "outcome": "CALL_IN_OUTCOME_STANDS", "meeting": f"{A}/bodies/committee/meetings/special",
        "minuteRef": "1"}),
    ("EndorsementService/GetEndorsement", "officer", {"name": WAY, "asAt": "2016-02-22"}),
    ("EndorsementService/ListEndorsements", "officer", {"parent": A}),
    ("EndorsementService/GetDraft", "officer", {"name": WAY, "draft": 1}),
    ("PledgeService/GetVersion", "officer", {"name": f"{A}/pledges/promise/versions/1"}, {"etag": "version.etag"}),
    ("PledgeService/AdoptVersion", "officer", lambda kept: {
        "name": f"{A}/pledges/promise/versions/1", "etag": kept["etag"], "adoptedOn": "2016-02-28",
        "adoptedBy": f"{A}/bodies/committee"}),
    ("PledgeService/CreateVersion", "officer", {"parent": f"{A}/pledges/promise", "versionId": "2", "version": {
        "title": "Two", **TEXT, "lineage": [{"fromStatementId": n, "toStatementId": n, "change": "CHANGE_KEPT"}
                                            for n in ("1", "2")]}}),
    ("PledgeService/CompareVersions", "officer", {"name": f"{A}/pledges/promise/versions/2"}),

    ("PromotionService/CountAudience", "officer", {"parent": A, "audience": "ISSUE_AUDIENCE_MEMBERS",
                                                   "countedOn": "2016-03-01", "count": 51}),
    ("PromotionService/CreateIssue", "officer", {"parent": A, "issueId": "i", "issue": {
        "version": f"{A}/pledges/promise/versions/1", "audience": "ISSUE_AUDIENCE_MEMBERS", "form": "ISSUE_FORM_POSTER",
        "quantity": 51, "issuedOn": "2016-03-02"}}),
    ("PromotionService/AcknowledgeIssue", "officer", {"name": f"{A}/issues/i", "count": 17, "acknowledgedOn": "2016-03-03"}),
    ("PromotionService/ListIssues", "officer", {"parent": A}),
    ("PromotionService/GetReach", "officer", {"name": f"{A}/pledges/promise", "asAt": "2016-03-03"}),
    ("PromotionService/CreateLaunchEvent", "officer", {"parent": A, "launchEventId": "l", "launchEvent": {
        "version": f"{A}/pledges/promise/versions/1", "title": "Launch", "heldOn": "2016-03-02", "attendance": 90}}),
    ("PromotionService/ListLaunchEvents", "officer", {"parent": A}),

    ("SignUpService/CreateSigningEvent", "officer", {"parent": A, "signingEventId": "s", "signingEvent": {
        "version": SIGNED, "title": "Signing", "place": "Council House", "heldOn": "2016-03-02"}}),
    ("SignUpService/GetSigningEvent", "officer", {"name": f"{A}/signingEvents/s"}),
    ("SignUpService/ListSigningEvents", "officer", {"parent": A}),
    ("SignUpService/PrepareSignature", "director", {"parent": SIGNED, "signature": {}}, {"hash": "signature.contentHash"}),
    ("SignUpService/Sign", "director", lambda kept: {"parent": SIGNED, "signature": {"contentHash": kept["hash"]}},
     {"signature": "signature.name"}),
    ("SignUpService/RecordPaperSignature", "officer", lambda kept: {"parent": SIGNED, "signature": {
        "contentHash": kept["hash"], "signatory": "Lead member", "role": "ROLE_ELECTED_MEMBER", "signedAt": "2016-03-02",
        "keptAt": "Safe"}}),
    ("SignUpService/RecordYoungPersonsSignature", "worker", lambda kept: {"parent": SIGNED, "signature": {
        "contentHash": kept["hash"], "markKind": "MARK_KIND_NONE", "signedAt": "2016-03-02"}}),
    ("SignUpService/GetSignature", "officer", lambda kept: {"name": kept["signature"]}),
    ("SignUpService/ListSignatures", "officer", {"parent": SIGNED}),
    ("SignUpService/ListYoungPeoplesSignatures", "worker", {"parent": SIGNED}),
    ("SignUpService/WithdrawSignature", "director", lambda kept: {
        "name": kept["signature"], "withdrawnOn": day(0), "reason": "Signed too early"}),
    ("SignUpService/ListServiceKeys", "officer", {"parent": A}),
    ("SignUpService/ExportSignedVersion", "officer", {"name": SIGNED}),
    ("SignUpService/RegisterSigningKey", "director", lambda kept: {
        "parent": A, "signingKeyId": "k", **registration("k")}, {"key": "signingKey.name"}),
    ("SignUpService/ListSigningKeys", "officer", {"parent": A}),
    ("SignUpService/RevokeSigningKey", "director", lambda kept: {"name": kept["key"], "reason": "Lost"}),
    ("PopulationService/ListCareCodes", "officer", {"year": 2008}),
    ("PopulationService/ListCareCategories", "officer", {}),
    ("PopulationService/RecordPopulation", "officer", {"parent": A, "population": {
        "countedOn": "2007-09-30", "total": 441, "source": "POPULATION_SOURCE_BY_HAND", "counts": [
            {"dimension": "POPULATION_DIMENSION_PLACEMENT", "category": category, "count": count}
            for category, count in (("foster", 304), ("childrens_home", 49), ("unknown", 88))]}}),
    ("PopulationService/GetPopulation", "officer", {"name": f"{A}/populations/2007-09-30"}),
    ("PopulationService/ListPopulations", "officer", {"parent": A}),
    ("IndicatorService/CreateIndicator", "officer", {"parent": A, "indicatorId": "f", "indicator": {
        "title": "In foster care", "unit": "%", "direction": "INDICATOR_DIRECTION_HIGHER",
        "source": "INDICATOR_SOURCE_POPULATION_SHARE", "dimension": "POPULATION_DIMENSION_PLACEMENT", "categories": ["foster"],
        "standards": [{"fromOn": "2007-01-01", "target": 75, "green": 75, "amber": 60}]}}),
    ("IndicatorService/GetIndicator", "officer", {"name": f"{A}/indicators/f"}),
    ("IndicatorService/ListIndicatorValues", "officer", {"parent": f"{A}/indicators/f"}),
    ("IndicatorService/UpdateIndicator", "officer", {"indicator": {
        "name": f"{A}/indicators/f", "title": "Visits on time", "unit": "%", "direction": "INDICATOR_DIRECTION_HIGHER",
        "source": "INDICATOR_SOURCE_BY_HAND"}}),
    ("IndicatorService/RecordIndicatorValue", "officer", {"name": f"{A}/indicators/f", "endsOn": "2007-09-30", "value": 93.5}),
    ("IndicatorService/ListIndicators", "officer", {"parent": A}),

    ("NationalProgrammeService/ImportProgramme", "officer", {"parent": A, "programmeId": "paper", "programme": {
        "title": "White paper", "publisher": "Department", "publishedOn": "2007-06-21"}, "proposals": [
            {"number": 1, "area": "Education", "text": "A school of choice", "priority": "WORK_PRIORITY_HIGH",
             "ownerId": "police", "costPence": "50000"}, {"number": 2, "area": "Health", "text": "A dentist"}]}),
    ("NationalProgrammeService/DecideProposal", "officer", {"name": f"{A}/programmes/paper/proposals/2", "decision": {
        "setAside": True, "reason": "There is one"}}),
    ("NationalProgrammeService/GetProgramme", "officer", {"name": f"{A}/programmes/paper"}),
    ("NationalProgrammeService/ListProgrammes", "officer", {"parent": A}),
    ("NationalProgrammeService/ListProposals", "officer", {"parent": f"{A}/programmes/paper", "area": 1}),
    ("WorkProgrammeService/CreateWorkItem", "officer", {"parent": A, "workItemId": "school", "workItem": {
        "source": "WORK_SOURCE_NATIONAL", "proposal": f"{A}/programmes/paper/proposals/1", "addedOn": "2007-10-25"}}),
    ("WorkProgrammeService/CreateWorkItem", "worker", {"parent": A, "workItemId": "bike", "workItem": {
        "title": "Bicycles", "source": "WORK_SOURCE_YOUNG_PEOPLE", "heading": "REQUEST_HEADING_HEALTH_AND_LIFESTYLE"}}),
    ("WorkProgrammeService/UpdateWorkItem", "officer", {
        "workItem": {"name": f"{A}/workItems/school", "dueOn": "2008-09-01"}, "updateMask": "dueOn"}),
    ("WorkProgrammeService/AddMilestone", "officer", {"parent": f"{A}/workItems/school", "milestone": {
        "title": "Agreed with schools", "dueOn": "2008-01-31"}}, {"milestone": "milestone.name"}),
    ("WorkProgrammeService/MarkMilestone", "agency", lambda kept: {
        "name": kept["milestone"], "state": "MILESTONE_STATE_REACHED", "markedOn": "2008-01-20"}),
    ("WorkProgrammeService/RecordWorkProgress", "agency", {"parent": f"{A}/workItems/school", "progress": {
        "state": "WORK_STATE_UNDER_WAY", "rating": "RATING_AMBER", "narrative": "Most agree.", "reason": "Two are full.",
        "happenedOn": "2008-01-20"}}),
    ("WorkProgrammeService/RecordPartnerOffer", "agency", {"parent": f"{A}/workItems/bike", "offer": {
        "agency": f"{A}/partnerAgencies/police", "text": "Bicycles that nobody fetched"}}),
    ("WorkProgrammeService/RecordAchievement", "agency", {"parent": f"{A}/workItems/school", "achievement": {
        "text": "Nine schools agree", "achievedOn": "2008-01-20", "evidence": "Letters"}}),
    ("WorkProgrammeService/GetWorkItem", "officer", {"name": f"{A}/workItems/school"}),
    ("WorkProgrammeService/ListWorkItems", "director", {"parent": A}),

    ("CommitmentService/CreateCommitment", "officer", {"parent": A, "commitmentId": "h", "commitment": {
        "owner": f"{A}/departments/housing", "summary": "Do it", "statements": [f"{A}/pledges/promise/versions/1/statements/1"]}}),
    ("CommitmentService/CreateCommitment", "officer", {"parent": A, "commitmentId": "p", "commitment": {
        "owner": f"{A}/partnerAgencies/police", "summary": "Do it",
        "statements": [f"{A}/pledges/promise/versions/1/statements/2"]}}),
    ("CommitmentService/GetCommitment", "officer", {"name": f"{A}/commitments/h"}),
    ("CommitmentService/ListCommitments", "officer", {"parent": A}),
    ("CommitmentService/ListOwnerCommitments", "officer", {"parent": A, "owner": f"{A}/departments/housing"}),
    ("CommitmentService/UpdateCommitment", "officer", {"commitment": {"name": f"{A}/commitments/h", "theme": "Homes"},
                                                       "updateMask": "theme"}),
    ("RoundService/CreateRound", "officer", {"parent": A, "roundId": "now", "round": {
        "title": "Now", "version": f"{A}/pledges/promise/versions/1", "observedFrom": day(-90), "observedTo": day(-21),
        "opensOn": day(-20), "dueOn": day(10), "closesOn": day(20)}}),
    ("RoundService/GetRound", "officer", {"name": ROUND}),
    ("RoundService/ListRounds", "officer", {"parent": A}),
    ("RoundService/UpdateRound", "officer", {"round": {"name": ROUND, "title": "Just now"}, "updateMask": "title"}),
    ("RoundService/ListExpectedReturns", "officer", {"parent": ROUND}),
    ("RoundService/ExtendReturn", "officer", {"name": ROUND, "owner": f"{A}/departments/housing", "dueOn": day(12),
                                              "reason": "The system changes over"}),
    ("ReminderService/GetReminderRules", "officer", {"parent": A}, {"etag": "etag"}),
    ("ReminderService/SetReminderRules", "officer", lambda kept: {"parent": A, "etag": kept["etag"], "rules": [
        {"ruleId": "soon", "about": "REMINDER_ABOUT_DUE", "days": 30, "level": "REMINDER_LEVEL_OWNER"}]}),
    ("ReminderService/SetReminderAddress", "officer", {"parent": A, "address": {
        "level": "REMINDER_LEVEL_OWNER", "owner": f"{A}/departments/housing", "email": "returns@housing.example"}}),
    ("ReminderService/ListReminderAddresses", "officer", {"parent": A}),
    ("ReminderService/MakeReminders", "officer", {"parent": A}),
    ("ReminderService/ListReminders", "officer", {"parent": A}),
    ("TaskService/ListTasks", "director", {"parent": A}),
    ("ReturnService/ListReturnChecks", "officer", {}),
    ("ReturnService/SaveReturnDraft", "director", {"parent": ROUND, "draft": {
        "owner": f"{A}/departments/housing", "progress": [{"commitmentId": "h"}]}}),
    ("ReturnService/GetReturnDraft", "director", {"name": f"{ROUND}/returns/housing"}),
    ("ReturnService/SubmitReturn", "director", {"parent": ROUND, "ownerReturn": {
        "owner": f"{A}/departments/housing", "progress": [progress("h")]}}, {"etag": "ownerReturn.etag"}),
    ("ReturnService/QueryReturn", "officer", lambda kept: {
        "name": f"{ROUND}/returns/housing", "etag": kept["etag"], "query": "Which homes?"}),
    ("ReturnService/ImportReturns", "agency", {"parent": ROUND, "owner": f"{A}/partnerAgencies/police",
                                               "progress": progress("p")}),
    ("ReturnService/GetReturn", "officer", {"name": f"{ROUND}/returns/police"}, {"etag": "ownerReturn.etag"}),
    ("ReturnService/ListReturns", "officer", {"parent": ROUND}),
    ("ReturnService/CertifyReturn", "officer", lambda kept: {"name": f"{ROUND}/returns/police", "etag": kept["etag"]},
     {"etag": "ownerReturn.etag"}),
    ("ReturnService/AcceptReturn", "officer", lambda kept: {"name": f"{ROUND}/returns/police", "etag": kept["etag"]},
     {"etag": "ownerReturn.etag"}),
    ("ReturnService/PublishReturn", "officer", lambda kept: {"name": f"{ROUND}/returns/police", "etag": kept["etag"]}),
    ("ReturnService/GetReturnReceipt", "agency", {"name": f"{ROUND}/returns/police"}),
    ("ReturnService/ListReturnAttempts", "agency", {"parent": f"{ROUND}/returns/police"}),
    ("MonitorService/GetMonitor", "officer", {"parent": A}),
    ("MonitorService/GetMonitorSummary", "officer", {"parent": A, "grouping": "MONITOR_GROUPING_OWNER"}),
    ("RoundService/CreateRound", "officer", {"parent": A, "roundId": "then", "round": {
        "title": "Then", "version": f"{A}/pledges/promise/versions/1", "observedFrom": day(-290), "observedTo": day(-221),
        "opensOn": day(-220), "dueOn": day(-210), "closesOn": day(-200)}}),
    ("MonitorService/CompareMonitor", "officer", {"parent": A, "roundId": "now", "againstRoundId": "then"}),
    ("MonitorService/GetRollUp", "officer", {"name": A}, {"etag": "rollUp.etag"}),
    ("MonitorService/SetRollUp", "officer",
     lambda kept: {"parent": A, "rollUp": {"rule": "ROLL_UP_RULE_WEIGHTED", "greenFrom": 75, "amberFrom": 40,
                              "weights": [{"owner": f"{A}/partnerAgencies/police", "weight": 2}], "etag": kept["etag"]}}),
    ("RoundService/GetRound", "officer", {"name": ROUND}, {"etag": "round.etag"}),
    ("RoundService/CloseRound", "officer", lambda kept: {"name": ROUND, "etag": kept["etag"]}),
    ("WatchService/Watch", "officer", {"parent": A}),

    ("AuthorityService/CreateBody", "officer", {"parent": A, "bodyId": "young", "body": {"displayName": "Voices"}}),
    ("ChildrenInCareCouncilService/GetCouncilSettings", "worker", {"name": A}, {"etag": "settings.etag"}),
    ("ChildrenInCareCouncilService/UpdateCouncilSettings", "administrator", lambda kept: {"settings": {
        "name": A, "answerDays": 15, "etag": kept["etag"]}, "updateMask": "answerDays"}),
    ("ChildrenInCareCouncilService/RecordMakeUp", "worker", {"parent": A, "makeUpId": "2016", "makeUp": {
        "countedOn": "2016-03-01", "size": 15, "groups": [
            {"kind": "age", "label": "12 to 15", "count": 9}, {"kind": "age", "label": "16 to 17", "count": 6}]}}),
    ("ChildrenInCareCouncilService/ListMakeUps", "director", {"parent": A}),
    ("ChildrenInCareCouncilService/RecordCouncilSession", "worker", {
        "parent": f"{A}/bodies/young", "sessionId": "march", "session": {
            "heldOn": "2016-03-01", "participants": 9, "themes": ["being-in-care"]}},
     {"sat": "session.name"}),
    ("ChildrenInCareCouncilService/ListCouncilSessions", "worker", {"parent": A}),
    ("ChildrenInCareCouncilService/RecordRatings", "worker", lambda kept: {
        "parent": kept["sat"], "version": SIGNED, "ratings": [{"statementId": "1", "keeping": 7, "partly": 2}],
        "words": [{"statementId": "1", "text": "More trips."}]}, {"rating": "ratings.0.name"}),
    ("ChildrenInCareCouncilService/ListLatestRatings", "director", {"parent": SIGNED}),
    ("ChildrenInCareCouncilService/ListRatings", "director", {"parent": f"{SIGNED}/statements/1"}),
    ("ChildrenInCareCouncilService/ReplyToRating", "director", lambda kept: {
        "name": kept["rating"], "text": "Four trips are planned."}),
    ("ChildrenInCareCouncilService/ListWordsToModerate", "worker", {"parent": SIGNED}, {"said": "words.0.name"}),
    ("ChildrenInCareCouncilService/ModerateWords", "worker", lambda kept: {"name": kept["said"],
                                                                           "state": "TEXT_STATE_SHOWN"}),
    ("ChildrenInCareCouncilService/ListWords", "director", {"parent": SIGNED}),
    ("ChildrenInCareCouncilService/RaiseIssue", "worker", lambda kept: {"parent": A, "raisedIssueId": "wifi", "raisedIssue": {
        "session": kept["sat"], "department": f"{A}/departments/housing", "text": "No wifi in the home."}}),
    ("ChildrenInCareCouncilService/GetRaisedIssue", "director", {"name": f"{A}/raisedIssues/wifi"}),
    ("ChildrenInCareCouncilService/ListRaisedIssues", "director", {"parent": A}),
    ("ChildrenInCareCouncilService/AnswerIssue", "director", {"name": f"{A}/raisedIssues/wifi", "text": "It comes in May."}),
    ("ChildrenInCareCouncilService/RecordSatisfaction", "worker", {"name": f"{A}/raisedIssues/wifi", "satisfied": True}),

    ("MeetingService/SetQuorum", "officer", {"parent": f"{A}/bodies/committee", "quorum": {"quorum": 1, "fromOn": "2016-01-01"}}),
    ("MeetingService/AddAgendaItem", "officer", {"parent": SAT, "agendaItem": {"part": "AGENDA_PART_THEME", "title": "Health"}}),
    ("MeetingService/AddPaper", "officer", {"parent": SAT, "paper": {"item": 1, "title": "Dentists", "author": "Health partner",
                                                                    "reference": "Report 7"}}),
    ("MeetingService/RecordAttendance", "officer", {"parent": SAT, "attendance": [
        {"seatId": "chair", "attendance": "ATTENDANCE_PRESENT"}]}),
    ("MeetingService/RecordMeetingDecision", "officer", {"parent": SAT, "decision": {
        "item": 1, "text": "To ask for a dentist", "proposer": "Lead member"}}),
    ("MeetingService/AddAction", "officer", {"parent": SAT, "action": {
        "item": 1, "text": "Report on dentists", "owner": f"{A}/departments/housing", "dueOn": "2016-04-30"}},
     {"action": "action.name"}),
    ("MeetingService/NoteAction", "director", lambda kept: {
        "name": kept["action"], "state": "ACTION_STATE_DONE", "text": "Done.", "notedOn": "2016-04-01"}),
    ("MeetingService/ListActions", "officer", {"parent": A}),
    ("MeetingService/GetMeetingRecord", "officer", {"name": SAT}),
    ("MeetingService/ListRepresentation", "officer", {"parent": f"{A}/bodies/committee"}),
    ("MeetingService/GetMinutes", "officer", {"name": SAT}),

    ("BriefingService/CreateBriefing", "officer", {"parent": A, "briefingId": "b", "briefing": {
        "kind": "BRIEFING_KIND_BRIEFING", "title": "The pledge", "heldOn": "2016-03-01", "bodies": [f"{A}/bodies/committee"]}}),
    ("BriefingService/UpdateBriefing", "worker", {"briefing": {"name": f"{A}/briefings/b", "topic": "Homes"},
                                                  "updateMask": "topic"}),
    ("BriefingService/RecordBriefingAttendance", "officer", {"parent": f"{A}/briefings/b", "attendance": [
        {"seat": f"{A}/bodies/committee/members/chair", "attendance": "BRIEFING_PRESENCE_PRESENT"}],
        "headcounts": [{"owner": f"{A}/departments/housing", "people": 3}]}),
    ("BriefingService/GetBriefing", "director", {"name": f"{A}/briefings/b"}),
    ("BriefingService/ListBriefings", "director", {"parent": A}),
    ("BriefingService/GetBriefingCoverage", "director", {"name": f"{A}/bodies/committee"}),
    ("StrategyService/CreateStrategy", "officer", {"parent": A, "strategyId": "s", "strategy": {
        "kind": "STRATEGY_KIND_STRATEGY", "title": "Children in care", "owner": f"{A}/departments/housing",
        "runsFrom": "2016-01-01", "reviewDueOn": "2016-12-31", "statements": [f"{SIGNED}/statements/1"]}}),
    ("StrategyService/UpdateStrategy", "officer", {"strategy": {"name": f"{A}/strategies/s", "runsTo": "2018-12-31"},
                                                   "updateMask": "runsTo"}),
    ("StrategyService/RecordStrategyReview", "director", {"parent": f"{A}/strategies/s", "review": {
        "outcome": "REVIEW_OUTCOME_CONTINUED", "note": "It still serves.", "nextDueOn": day(90)}}),
    ("StrategyService/GetStrategy", "agency", {"name": f"{A}/strategies/s"}),
    ("StrategyService/ListStrategies", "agency", {"parent": A, "review": "REVIEW_STATE_DUE", "withinDays": 90}),
    ("VisitService/RecordVisit", "worker", {"parent": A, "visitId": "v", "visit": {
        "provider": "Harbour House", "provides": "A place to live", "owner": f"{A}/departments/housing",
        "visitedOn": "2016-03-01", "inspectors": 4, "findings": [
            {"kind": "FINDING_KIND_URGENT", "text": "The back door does not lock.", "followUpDueOn": "2016-03-08"}]}},
     {"finding": "visit.findings.0.name", "words": "visit.findings.0.words"}),
    ("ChildrenInCareCouncilService/ModerateWords", "worker", lambda kept: {"name": kept["words"],
                                                                           "state": "TEXT_STATE_SHOWN"}),
    ("VisitService/AnswerFinding", "director", lambda kept: {"name": kept["finding"], "text": "A new lock is in.",
                                                             "doneOn": day(0)}),
    ("VisitService/GetVisit", "director", {"name": f"{A}/visits/v"}),
    ("VisitService/ListVisits", "officer", {"parent": A}),
    ("VisitService/ListFindings", "officer", {"parent": A, "followUp": "FOLLOW_UP_STATE_DONE"}),

    ("RetentionService/ListRetention", "officer", {}),
    ("RetentionService/UpdateRetention", "admin", {"kind": "request", "days": 31}),
    ("RetentionService/ApplyRetention", "admin", {}),
    ("RetentionService/ListRetentionRuns", "admin", {}),
    ("PersonalDataService/ListPersonalFields", "officer", {}),
    ("PersonalDataService/ExportOwnPersonalData", "officer", {}),
    ("PersonalDataService/ExportPersonalData", "administrator", {"name": f"{A}/members/person"}),
    ("PersonalDataService/ErasePersonalData", "administrator", {"name": f"{A}/members/person"}),
    ("AuditService/ListAuditEntries", "administrator", {"parent": A}),
    ("AuditService/ListHostAuditEntries", "admin", {}),
]


def code(kept):
    """A one-time code that counts: the last one might have been of this half minute, too."""
    kept["again"]()
    return one_time_code(urllib.parse.parse_qs(urllib.parse.urlparse(kept["uri"]).query)["secret"][0])


def registration(identifier):
    """A key of openssl's, and the proof that we have its other half."""
    with tempfile.TemporaryDirectory() as folder:
        signer = Signer(folder)
        text = lines(("pledge-signing-key", "1"), ("authority", "derby"), ("signing_key", identifier),
                     ("public_key", signer.public.hex()))
        return {"signingKey": {"publicKey": base64.b64encode(signer.public).decode()},
                "proof": base64.b64encode(signer.sign(text)).decode()}


def full(method):
    return method if method.startswith("grpc.") else f"pledge.v1.{method}"


class Client:
    """Knows where the service is, and asks it for everything else."""

    def __init__(self, channel):
        self.database = ProtoReflectionDescriptorDatabase(channel)
        self.pool = descriptor_pool.DescriptorPool(self.database)

    def methods(self):
        return {f"{service}/{method.name}": method for service in self.database.get_services()
                if service not in REFLECTION for method in self.pool.FindServiceByName(service).methods}

    def call(self, channel, method, request, token=None):
        """The answer in JSON, or raises."""
        found = self.methods_known[method]
        message = message_factory.GetMessageClass(found.input_type)()
        json_format.ParseDict(request, message, descriptor_pool=self.pool)
        kinds = {(False, False): channel.unary_unary, (True, False): channel.stream_unary,
                 (False, True): channel.unary_stream}
        call = kinds[found.client_streaming, found.server_streaming](
            "/" + method, request_serializer=lambda m: m.SerializeToString(),
            response_deserializer=message_factory.GetMessageClass(found.output_type).FromString)
        answer = call(iter([message]) if found.client_streaming else message, metadata=harness.bearer(token),
                      timeout=STREAM_SECONDS if found.server_streaming else harness.CALL_SECONDS)
        if found.server_streaming:
            stream, answer = answer, next(answer)
            stream.cancel()
        return json_format.MessageToDict(answer, descriptor_pool=self.pool)


def at(answer, path):
    for step in path.split("."):
        answer = answer[int(step)] if isinstance(answer, list) else answer[step]
    return answer


class Foreign(harness.Case):
    settings = {"PLEDGED_SECRET_KEY": harness.secret_key(), "PLEDGED_SIGNIN_RATE": "0"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = Client(cls.daemon.channel(None))
        cls.client.methods_known = cls.client.methods()

    def test_every_method_has_a_row_and_a_line_in_the_table_of_roles(self):
        methods = set(self.client.methods_known)
        self.assertEqual(methods, {full(row[0]) for row in STORY})
        self.assertEqual(methods, {name for name in table() if name.split("/")[0] not in REFLECTION})

    def test_every_method_answers(self):
        kept = {"session": None, "again": lambda: harness.psql(
            self.daemon.database, "UPDATE pledge.password SET code_step = 0")}
        answered = {}
        for method, who, request, *more in STORY:
            keep, expected = *more, *({}, "OK")[len(more):]
            identity = None if who in (None, "session") else "admin" if who == "admin" else f"foreign-{who}"
            request = request(kept) if callable(request) else request
            try:
                answer = self.client.call(self.daemon.channel(identity), full(method), request,
                                          kept["session"] if who == "session" else None)
                kept.update({name: at(answer, path) for name, path in keep.items()})
                told, says = "OK", ""
            except grpc.RpcError as error:
                told, says = error.code().name, error.details()
            with self.subTest(method=method):
                self.assertEqual(told, expected, says)
            answered.setdefault(full(method).split("/")[0], {})[method.split("/")[1]] = told
        for service, told in answered.items():
            reads = [name for name in told if name.startswith(("Get", "List", "Check", "Watch", "Export"))]
            with self.subTest(service=service):
                self.assertIn("OK", [told[name] for name in reads] or ["OK"])
                self.assertIn("OK", [told[name] for name in told if name not in reads] or ["OK"])

    def test_commands_reach_the_way_from_draft_to_issue(self):
        """Whatever these services can do, `pledge` can, too."""
        called = set()
        for path in glob.glob(os.path.join(harness.ROOT, "client/cli/*.c")):
            with open(path, encoding="utf-8") as file:
                text = file.read()
            service = "".join(re.findall(r'#define SERVICE "(\w+Service/)"', text))
            called |= set(re.findall(r'"(?:/pledge.v1.)?(\w+Service/\w+)"', text))
            called |= {service + method for method in re.findall(r'SERVICE "(\w+)"', text)}
        services = ("RouteService", "EndorsementService", "ConsultationService", "PromotionService", "PledgeService",
                    "SignUpService", "ReturnService", "RoundService", "ReminderService", "TaskService",
                    "MeetingService", "ChildrenInCareCouncilService", "PopulationService", "IndicatorService",
                    "BriefingService", "StrategyService", "VisitService")
        wanted = {name[len("pledge.v1."):] for name in self.client.methods_known
                  if name.split("/")[0][len("pledge.v1."):] in services or "Body" in name or "Bodies" in name}
        self.assertEqual(wanted - called, set())


if __name__ == "__main__":
    harness.main()
