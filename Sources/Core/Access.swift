import Domain
import Storage

extension Transaction {
    /// Returns the workspace as the caller sees it.
    ///
    /// - Parameter scope: the part of the workspace that is touched; `nil` for all of it.
    /// - Throws: ``DomainError`` of kind `notFound` where the caller may not know of it, `forbidden` where they know it but
    ///   have a lower role.
    func access(
        _ reference: WorkspaceReference,
        for caller: Caller,
        requiring required: Role,
        within scope: Scope? = nil
    ) throws -> AccessibleWorkspace {
        guard let row = try workspace(reference, in: caller.organizationID, for: caller.userID) else {
            throw DomainError.notFound(.workspace(reference.name))
        }
        return try row.accessible(as: reference.name, for: caller, requiring: required, within: scope)
    }
}

extension WorkspaceRow {
    /// Returns the row's workspace as the caller sees it; without a role there it is one that does not exist.
    func accessible(
        as name: String,
        for caller: Caller,
        requiring required: Role,
        within scope: Scope? = nil
    ) throws(DomainError) -> AccessibleWorkspace {
        guard caller.scope.covers(scope ?? .workspace(workspace.slug)),
            let role = caller.role(inWorkspace: workspace.slug, membership: membership)
        else { throw .notFound(.workspace(name)) }
        guard role >= required else { throw .forbidden(needing: required) }
        return AccessibleWorkspace(workspace: workspace, role: role)
    }
}

extension WorkspaceAudience {
    init(_ caller: Caller) {
        self.init(
            organizationID: caller.organizationID,
            userID: caller.userID,
            seesAll: caller.grant != nil || caller.organizationRole?.workspaceRole != nil,
            onlySlug: caller.scope.workspace
        )
    }
}
