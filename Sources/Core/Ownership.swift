package import Domain
import Storage

extension Operations {
    /// Makes another person of the workspace its owner; the caller stays as admin.
    ///
    /// Where the caller holds the workspace's plan, the new owner holds it from then on.
    ///
    /// - Throws: ``DomainError``: `forbidden` unless the caller is a person who owns it, `notFound` for a person who isn't
    ///   in it, `conflict` for oneself, `limitReached` with the rule `ownsAWorkspaceAlready` when the new owner holds another plan.
    package func transferOwnership(
        of reference: WorkspaceReference,
        to user: UserReference,
        for caller: Caller
    ) async throws -> AccessibleWorkspace {
        try await write { transaction in
            let access = try transaction.access(reference, for: caller, requiring: .owner)
            let workspace = access.workspace
            guard let current = caller.userID else {
                throw DomainError(.forbidden, "Only the owner's own key can hand the workspace on")
            }
            let member = try transaction.member(user, of: workspace)
            guard member.user.id != current else {
                throw DomainError(.conflict, "The workspace is yours already", field: "user_id")
            }
            try limits(of: workspace).requireRunning()
            try transaction.lockPeople(of: workspace)
            try movePlan(of: workspace, from: current, to: member.user, transaction)
            try transaction.setRole(.owner, of: member.user.id, in: workspace)
            try transaction.setRole(.admin, of: current, in: workspace)
            return AccessibleWorkspace(workspace: workspace, role: .admin)
        }
    }

    /// Gives a member another role; only an owner makes owners or changes their role, and one always stays.
    func change(
        _ member: Membership,
        to role: Role,
        _ access: AccessibleWorkspace,
        _ transaction: Transaction
    ) throws -> Membership {
        guard member.role != role else { return member }
        try requireOwner(access, toChange: max(member.role, role))
        try limits(of: access.workspace).requireRunning()
        try transaction.giveUpOwnership(of: access.workspace, member)
        try transaction.setRole(role, of: member.user.id, in: access.workspace)
        return Membership(user: member.user, role: role, createdAt: member.createdAt)
    }

    func remove(_ member: Membership, from workspace: Workspace, _ transaction: Transaction) throws {
        try transaction.giveUpOwnership(of: workspace, member)
        try transaction.removeMember(member.user.id, from: workspace)
    }

    func requireOwner(_ access: AccessibleWorkspace, toChange role: Role) throws(DomainError) {
        guard role < .owner || access.role >= .owner else { throw .forbidden(needing: .owner) }
    }

    private func movePlan(
        of workspace: Workspace,
        from current: User.ID,
        to user: User,
        _ transaction: Transaction
    ) throws {
        guard try transaction.holdsPlan(current, of: workspace) else { return }
        try transaction.lockPlan(of: user.id)
        if try transaction.holdsPlannedWorkspace(user.id) {
            throw DomainError(
                .limitReached,
                "\(user.email) owns a workspace already; a person can own one",
                rule: .ownsAWorkspaceAlready
            )
        }
        try transaction.movePlan(of: workspace, from: current, to: user.id)
    }
}

extension Transaction {
    /// Takes an owner's plan from them, so that they may hold another; does nothing for other members.
    ///
    /// - Throws: ``DomainError`` of kind `conflict` with the rule `lastOwner` while nobody else owns the workspace.
    fileprivate func giveUpOwnership(of workspace: Workspace, _ member: Membership) throws {
        guard member.role == .owner else { return }
        try lockPeople(of: workspace)
        guard try hasOwner(workspace, besides: member.user.id) else {
            throw DomainError(
                .conflict,
                "\(member.user.email) is the workspace's only owner; make somebody else owner first",
                rule: .lastOwner
            )
        }
        try movePlan(of: workspace, from: member.user.id, to: nil)
    }
}
