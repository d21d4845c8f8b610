package import JSON

/// Something said by a peer in a session.
package struct Message: Equatable, Sendable {
    package let number: Int64
    /// A nanoid of 21 characters; global.
    package let id: String
    package let content: String
    package let peerSlug: String
    package let sessionSlug: String
    package let workspaceSlug: String
    package let metadata: RawJSON
    /// Its place in the session, from 1, without gaps.
    package let sequence: Int64
    /// o200k_base tokens of the content.
    package let tokenCount: Int64
    package let createdAt: Instant

    package init(
        number: Int64,
        id: String,
        content: String,
        peerSlug: String,
        sessionSlug: String,
        workspaceSlug: String,
        metadata: RawJSON,
        sequence: Int64,
        tokenCount: Int64,
        createdAt: Instant
    ) {
        self.number = number
        self.id = id
        self.content = content
        self.peerSlug = peerSlug
        self.sessionSlug = sessionSlug
        self.workspaceSlug = workspaceSlug
        self.metadata = metadata
        self.sequence = sequence
        self.tokenCount = tokenCount
        self.createdAt = createdAt
    }
}
