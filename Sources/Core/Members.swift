package import Domain
import Storage

extension Operations {
    /// The most people that one answer lists.
    package static let maxListedMembers = 10_000

    /// Returns the workspace's people, longest there first.
    package func members(of reference: WorkspaceReference, for caller: Caller) async throws -> [Membership] {
        try await snapshot { transaction in
            let workspace = try transaction.access(reference, for: caller, requiring: .viewer).workspace
            return try transaction.memberships(in: workspace, limit: Self.maxListedMembers)
        }
    }

    /// Adds a person of the organization to the workspace.
    ///
    /// A workspace with people in it always has an owner: where there is none yet, the caller becomes it, or for a credential
    /// without a person the organization's first owner.
    ///
    /// - Throws: ``DomainError``: `notFound` for the workspace or a person outside the organization, `forbidden` below admin,
    ///   `conflict` with the rule `alreadyMember`, `limitReached` by the plan.
    package func addMember(
        _ user: UserReference,
        _ role: Role,
        to reference: WorkspaceReference,
        for caller: Caller
    ) async throws -> Membership {
        try await write { transaction in
            let workspace = try transaction.access(reference, for: caller, requiring: .admin).workspace
            let person = try transaction.person(user, in: caller.organizationID)
            return try add(person, role, to: workspace, for: caller, transaction)
        }
    }

    /// Gives a person of the workspace another role.
    ///
    /// - Throws: ``DomainError``: `notFound` for the workspace or a person who isn't in it, `forbidden` below admin or to
    ///   change an owner without being one, `conflict` with the rule `lastOwner`.
    package func setRole(
        _ role: Role,
        of user: UserReference,
        in reference: WorkspaceReference,
        for caller: Caller
    ) async throws -> Membership {
        try await write { transaction in
            let access = try transaction.access(reference, for: caller, requiring: .admin)
            let member = try transaction.member(user, of: access.workspace)
            return try change(member, to: role, access, transaction)
        }
    }

    /// Takes a person out of the workspace; everybody may take themselves out.
    ///
    /// - Returns: what the person was in the workspace.
    /// - Throws: ``DomainError``: as ``setRole(_:of:in:for:)``.
    @discardableResult
    package func removeMember(
        _ user: UserReference,
        from reference: WorkspaceReference,
        for caller: Caller
    ) async throws -> Membership {
        try await write { transaction in
            let access = try transaction.access(reference, for: caller, requiring: .viewer)
            let member = try transaction.member(user, of: access.workspace)
            guard access.role >= .admin || (member.user.id == caller.userID && !caller.isReadOnly) else {
                throw DomainError.forbidden(needing: .admin)
            }
            if member.role == .owner {
                if member.user.id != caller.userID { try requireOwner(access) }
                try transaction.requireOtherOwner(than: member, in: access.workspace)
            }
            try transaction.removeMember(member.user.id, from: access.workspace)
            return member
        }
    }

    /// Makes another person of the workspace its owner; the caller stays as admin.
    ///
    /// - Throws: ``DomainError``: `forbidden` unless the caller owns it, `notFound` for a person who isn't in it, `limitReached`
    ///   with the rule `ownsAWorkspaceAlready` when the plan can't move because the new owner holds another.
    package func transferOwnership(
        of reference: WorkspaceReference,
        to user: UserReference,
        for caller: Caller
    ) async throws -> AccessibleWorkspace {
        try await write { transaction in
            let access = try transaction.access(reference, for: caller, requiring: .owner)
            let workspace = access.workspace
            let member = try transaction.member(user, of: workspace)
            guard let current = caller.userID, member.user.id != current else {
                throw DomainError.invalid("user_id", "The workspace is yours already")
            }
            if try transaction.isPlanHeld(workspace), try transaction.holdsPlannedWorkspace(member.user.id) {
                throw DomainError(
                    .limitReached,
                    "\(member.user.email) owns a workspace already; a person can own one",
                    rule: .ownsAWorkspaceAlready
                )
            }
            try transaction.movePlan(of: workspace, to: member.user.id)
            try transaction.setRole(.owner, of: member.user.id, in: workspace)
            try transaction.setRole(.admin, of: current, in: workspace)
            return AccessibleWorkspace(workspace: workspace, role: .admin)
        }
    }

    /// Sets and removes several people's roles at once, all or none; people of the organization who are new are added.
    ///
    /// - Parameter isSame: whether the API has one word for the role held and the role wanted; such a role stays as it is.
    package func assignRoles(
        _ assignments: [(user: UserReference, role: Role)],
        unassigning: [UserReference],
        in reference: WorkspaceReference,
        unless isSame: @escaping @Sendable (_ held: Role, _ wanted: Role) -> Bool = { $0 == $1 },
        for caller: Caller
    ) async throws {
        try await write { transaction in
            let access = try transaction.access(reference, for: caller, requiring: .admin)
            for assignment in assignments {
                let person = try transaction.person(assignment.user, in: caller.organizationID)
                if let member = try transaction.membership(of: person.id, in: access.workspace) {
                    if isSame(member.role, assignment.role) { continue }
                    _ = try change(member, to: assignment.role, access, transaction)
                } else {
                    _ = try add(person, assignment.role, to: access.workspace, for: caller, transaction)
                }
            }
            for user in unassigning {
                let member = try transaction.member(user, of: access.workspace)
                if member.role == .owner {
                    try requireOwner(access)
                    try transaction.requireOtherOwner(than: member, in: access.workspace)
                }
                try transaction.removeMember(member.user.id, from: access.workspace)
            }
        }
    }

    func add(
        _ person: User,
        _ role: Role,
        to workspace: Workspace,
        for caller: Caller,
        _ transaction: Transaction
    ) throws -> Membership {
        let limits = limits(of: workspace)
        try limits.requireRunning()
        guard try transaction.membership(of: person.id, in: workspace) == nil else {
            throw DomainError(.conflict, "\(person.email) is in the workspace already", rule: .alreadyMember)
        }
        try limits.requireRoomForMember(transaction)
        try transaction.lockPeople(of: workspace)
        if role < .owner, try !transaction.hasOwner(workspace) {
            let owner = try caller.userID ?? transaction.firstOwner(of: workspace.organizationID) ?? person.id
            if try !transaction.addMember(owner, .owner, to: workspace, at: limits.now) {
                try transaction.setRole(.owner, of: owner, in: workspace)
            }
            if owner == person.id { return Membership(user: person, role: .owner, createdAt: limits.now) }
        }
        guard try transaction.addMember(person.id, role, to: workspace, at: limits.now) else {
            throw DomainError(.conflict, "\(person.email) is in the workspace already", rule: .alreadyMember)
        }
        return Membership(user: person, role: role, createdAt: limits.now)
    }

    private func change(
        _ member: Membership,
        to role: Role,
        _ access: AccessibleWorkspace,
        _ transaction: Transaction
    ) throws -> Membership {
        guard member.role != role else { return member }
        if member.role == .owner || role == .owner { try requireOwner(access) }
        if member.role == .owner { try transaction.requireOtherOwner(than: member, in: access.workspace) }
        try transaction.setRole(role, of: member.user.id, in: access.workspace)
        return Membership(user: member.user, role: role, createdAt: member.createdAt)
    }

    private func requireOwner(_ access: AccessibleWorkspace) throws(DomainError) {
        guard access.role >= .owner else { throw .forbidden(needing: .owner) }
    }
}

extension Transaction {
    /// Returns the person if they belong to the organization; nobody learns of accounts elsewhere.
    func person(_ reference: UserReference, in organization: Organization.ID) throws -> User {
        guard let user = try user(reference), try organizationRole(of: user.id, in: organization) != nil else {
            throw DomainError.notFound(.user(reference.name))
        }
        return user
    }

    func member(_ reference: UserReference, of workspace: Workspace) throws -> Membership {
        guard let user = try user(reference), let member = try membership(of: user.id, in: workspace) else {
            throw DomainError.notFound(.user(reference.name))
        }
        return member
    }

    func requireOtherOwner(than member: Membership, in workspace: Workspace) throws {
        try lockPeople(of: workspace)
        guard try hasOwner(workspace, besides: member.user.id) else {
            throw DomainError(
                .conflict,
                "\(member.user.email) is the workspace's only owner; make somebody else owner first",
                rule: .lastOwner
            )
        }
    }
}
