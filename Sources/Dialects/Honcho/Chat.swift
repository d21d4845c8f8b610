import Core
import Domain
import HTTPSurface
import Hummingbird
import JSON

/// Questions that a chat model answers (honcho.md 8.8, 12.2): read and checked whole, and refused where there is none.
extension Honcho {
    /// `POST …/peers/{peer_id}/chat`.
    func chatWithPeer(_ request: IncomingRequest, _ caller: Caller) async throws -> Response {
        try caller.requireScope(PeerPath(request).scope)
        let reading = Reading(request, version)
        var fields = try await reading.cleanBody()
        let session = fields.optionalString("session_id")
        let filters = version == .v3 ? fields.optionalObject("filters") : nil
        let scopes = version == .v3 ? fields.scopeOption() : nil
        _ = fields.optionalString("target")
        let format = fields.question(version)
        try reading.check(fields)
        let boundary = try BoundaryReader.boundary(session: session, filters: filters, scopes: scopes)
        try format.map(ResponseFormat.check)
        let path = PeerPath(request)
        try await operations.requireReach(
            of: boundary,
            askedOf: path.peer,
            inWorkspace: path.workspace,
            for: caller
        )
        throw DomainError.noChatModel
    }

    /// `POST /v3/workspaces/{workspace_id}/chat`, which the SDK 2.7.0 calls: about the whole workspace.
    func chatWithWorkspace(_ request: IncomingRequest, _ caller: Caller) async throws -> Response {
        try caller.requireScope(.workspace(request.parameter("workspace_id")))
        let reading = Reading(request, version)
        var fields = try await reading.cleanBody()
        let session = fields.optionalString("session_id")
        let scopes = fields.scopeOption()
        let format = fields.question(version)
        try reading.check(fields)
        _ = try BoundaryReader.boundary(session: session, filters: nil, scopes: scopes)
        try format.map(ResponseFormat.check)
        throw DomainError.noChatModel
    }
}

extension Fields {
    /// Checks what both chats have in common and returns the shape that the answer is to have, if one is given.
    fileprivate mutating func question(_ version: Honcho.Version) -> JSONValue? {
        _ = string("query", TextRule(length: 1...10_000))
        _ = laxBool("stream", default: false)
        guard version == .v3 else { return nil }
        if document["reasoning_level"] != nil {
            _ = word("reasoning_level", of: ["minimal", "low", "medium", "high", "max"])
        }
        let format = optionalObject("response_format")
        _ = laxBool("include_evidence", default: false)
        return format
    }
}

extension DomainError {
    fileprivate static let noChatModel = DomainError(.unavailable, "No chat model is configured")
}
