import Domain
import Testing

@Suite struct CallerTests {
    static let organization = Organization.ID("org_1")

    static func person(
        _ role: OrganizationRole,
        scope: Scope = .organization,
        ceiling: Role = .owner,
        isReadOnly: Bool = false
    ) -> Caller {
        Caller(
            subject: .user(User.ID("usr_1")),
            organizationID: organization,
            organizationRole: role,
            scope: scope,
            ceiling: ceiling,
            isReadOnly: isReadOnly
        )
    }

    @Test func theHigherOfMembershipAndOrganizationRoleCounts() {
        #expect(Self.person(.member).role(inWorkspace: "w", membership: nil) == nil)
        #expect(Self.person(.member).role(inWorkspace: "w", membership: .viewer) == .viewer)
        #expect(Self.person(.admin).role(inWorkspace: "w", membership: nil) == .admin)
        #expect(Self.person(.admin).role(inWorkspace: "w", membership: .owner) == .owner)
        #expect(Self.person(.owner).role(inWorkspace: "w", membership: .viewer) == .admin)
    }

    @Test func aKeyNeverGivesMoreThanItsCeiling() {
        #expect(Self.person(.owner, ceiling: .writer).role(inWorkspace: "w", membership: .owner) == .writer)
        #expect(Self.person(.owner, isReadOnly: true).role(inWorkspace: "w", membership: .owner) == .viewer)
        #expect(Self.person(.owner, scope: .workspace("x")).role(inWorkspace: "w", membership: .owner) == nil)
    }

    @Test(arguments: Role.allCases, Role.allCases)
    func ceilingAndMembershipMeetInTheLower(membership: Role, ceiling: Role) {
        let role = Self.person(.member, ceiling: ceiling).role(inWorkspace: "w", membership: membership)
        #expect(role == min(membership, ceiling))
    }

    @Test(arguments: [
        (Scope.organization, Scope.workspace("w"), true),
        (.workspace("w"), .workspace("w"), true),
        (.workspace("w"), .peer("p", workspace: "w"), true),
        (.workspace("w"), .workspace("x"), false),
        (.workspace("w"), .organization, false),
        (.peer("p", workspace: "w"), .workspace("w"), false),
        (.peer("p", workspace: "w"), .peer("q", workspace: "w"), false),
        (.peer("p", workspace: "w"), .peer("p", workspace: "x"), false),
        (.peer("p", workspace: "w"), .peer("p", workspace: "w"), true),
        (.session("s", workspace: "w"), .peer("s", workspace: "w"), false),
    ])
    func scopesNeverWiden(scope: Scope, other: Scope, isCovered: Bool) {
        #expect(scope.covers(other) == isCovered)
    }

    @Test func readOnlyKeysManageNothing() {
        #expect(throws: DomainError.self) { try Self.person(.owner, isReadOnly: true).requireOrganizationRole(.admin) }
        #expect(throws: DomainError.self) { try Self.person(.owner, ceiling: .writer).requireOrganizationRole(.admin) }
        #expect(throws: DomainError.self) { try Self.person(.owner, isReadOnly: true).requireWriting() }
        #expect(throws: Never.self) { try Self.person(.owner).requireOrganizationRole(.owner) }
    }
}
