package import Domain
import Storage

extension Operations {
    /// Returns the newest of the session's messages and perhaps a summary, in so many tokens (honcho.md 7.2); nothing where
    /// the caller sees no session.
    ///
    /// - Parameter budget: what is left after everything else that is told; none and below is nothing.
    package func context(
        ofSession slug: String,
        inWorkspace workspace: String,
        within budget: Int64,
        withSummary: Bool,
        for caller: Caller
    ) async throws -> SessionContext {
        try await snapshot { transaction in
            let session = try transaction.readableSession(slug, inWorkspace: workspace, for: caller)
            guard let session, budget > 0 else { return SessionContext() }
            let summary = try withSummary ? transaction.summaries(of: session).fitting(into: budget) : nil
            let messages = try transaction.newestMessages(
                of: session,
                within: budget - (summary?.tokenCount ?? 0),
                from: summary?.messageSequence ?? 1,
                limit: Self.maxContextMessages
            )
            return SessionContext(summary: summary, messages: messages)
        }
    }

    /// Messages without a token fit into any budget; this is where they end all the same.
    private static let maxContextMessages: Int64 = 100_000

    /// Returns the session's summaries; none where the caller sees no session.
    package func summaries(
        ofSession slug: String,
        inWorkspace workspace: String,
        for caller: Caller
    ) async throws -> SessionSummaries {
        try await snapshot { transaction in
            let session = try transaction.readableSession(slug, inWorkspace: workspace, for: caller)
            return try session.map { try transaction.summaries(of: $0) } ?? SessionSummaries()
        }
    }
}
