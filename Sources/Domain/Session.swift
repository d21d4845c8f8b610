package import JSON

/// A conversation in a workspace.
package struct Session: Equatable, Sendable {
    package let number: Int64
    /// The client-chosen id; unique among the living sessions of the workspace.
    package let slug: String
    package let workspaceSlug: String
    package let metadata: RawJSON
    /// A JSON object (honcho.md 5).
    package let configuration: RawJSON
    /// How many messages it holds; their sequence numbers are 1 to this.
    package let messageCount: Int64
    /// The sum of its messages' tokens.
    package let tokenCount: Int64
    package let createdAt: Instant

    package init(
        number: Int64,
        slug: String,
        workspaceSlug: String,
        metadata: RawJSON,
        configuration: RawJSON,
        messageCount: Int64,
        tokenCount: Int64,
        createdAt: Instant
    ) {
        self.number = number
        self.slug = slug
        self.workspaceSlug = workspaceSlug
        self.metadata = metadata
        self.configuration = configuration
        self.messageCount = messageCount
        self.tokenCount = tokenCount
        self.createdAt = createdAt
    }
}
