import Domain
import JSON
import Storage

/// The limits of a workspace's plan, checked in the transaction that would break them.
struct PlanLimits {
    let workspace: Workspace
    let plan: Plan
    let now: Instant

    /// Refuses every change once the trial is over; reads and deletion go on.
    func requireRunning() throws(DomainError) {
        if let end = workspace.trialEndsAt, end <= now {
            throw DomainError(.limitReached, "The trial of this workspace ended on \(end.rfc3339)", rule: .trialEnded)
        }
    }

    /// Refuses a single JSON document above the plan's size.
    func requireDocument(_ document: RawJSON?, _ field: String) throws(DomainError) {
        guard let document, document.text.utf8.count > plan.maxDocumentBytes else { return }
        throw DomainError(
            .limitReached,
            "\(field) has more than the \(plan.maxDocumentBytes) bytes that the plan \(plan.name) allows",
            field: field
        )
    }

    /// Refuses more about one agent than the plan allows.
    func requireAgent(metadata: RawJSON?, configuration: RawJSON?) throws(DomainError) {
        try requireDocument(metadata, "metadata")
        try requireDocument(configuration, "configuration")
        let bytes = Int64((metadata?.text.utf8.count ?? 0) + (configuration?.text.utf8.count ?? 0))
        guard bytes > plan.maxAgentBytes else { return }
        throw DomainError(
            .limitReached,
            "The plan \(plan.name) allows \(plan.maxAgentBytes) bytes about one agent",
            field: "metadata"
        )
    }

    /// Refuses one agent more than the plan allows.
    func requireRoomForAgent(_ transaction: Transaction) throws {
        guard let maximum = plan.maxAgents else { return }
        guard try transaction.count(of: .peers(workspaceNumber: workspace.number)) < maximum else {
            throw DomainError(.limitReached, "The plan \(plan.name) allows \(maximum) agents in a workspace")
        }
    }

    /// Refuses one person more than the plan allows, open invitations included.
    func requireRoomForMember(_ transaction: Transaction) throws {
        guard let maximum = plan.maxMembers else { return }
        let members = try transaction.memberCount(in: workspace)
        let invited = try transaction.pendingInvitationCount(to: workspace, at: now)
        guard members + invited < maximum else {
            throw DomainError(.limitReached, "The plan \(plan.name) allows \(maximum) people in a workspace")
        }
    }
}

extension Operations {
    func limits(of workspace: Workspace) -> PlanLimits {
        PlanLimits(workspace: workspace, plan: plans.plan(named: workspace.plan), now: environment.now())
    }
}
