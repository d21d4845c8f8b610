package import Core
import Domain
package import HTTPSurface

/// The Honcho API (seeds 000 and 001, honcho.md) over the core, in one of its two versions.
///
/// Both versions share operations and handlers; they differ in limits, statuses and the words of ``Version``.
package struct Honcho: Dialect {
    let version: Version
    let operations: Operations
    let authenticator: Authenticator
    let tokens: HonchoTokens?

    /// - Parameter tokens: `nil` where no secret is configured; then no keys are minted.
    package init(version: Version, operations: Operations, authenticator: Authenticator, tokens: HonchoTokens?) {
        self.version = version
        self.operations = operations
        self.authenticator = authenticator
        self.tokens = tokens
    }

    package var name: String { "honcho-\(version.rawValue)" }

    package func owns(_ path: RequestPath) -> Bool {
        path.segments.first == version.rawValue
    }

    package var routes: [Route] {
        let root = "/\(version.rawValue)"
        let workspaces = root + "/workspaces"
        let peers = workspaces + "/{workspace_id}/peers"
        let sessions = workspaces + "/{workspace_id}/sessions"
        let messages = sessions + "/{session_id}/messages"
        return [
            .post(workspaces, getOrCreateWorkspace),
            .post(workspaces + "/list", listWorkspaces),
            .put(workspaces + "/{workspace_id}", updateWorkspace),
            .delete(workspaces + "/{workspace_id}", deleteWorkspace),

            .post(peers, getOrCreatePeer),
            .post(peers + "/list", listPeers),
            .put(peers + "/{peer_id}", updatePeer),

            .post(sessions, getOrCreateSession),
            .post(sessions + "/list", listSessions),
            .put(sessions + "/{session_id}", updateSession),
            .post(sessions + "/{session_id}/peers", addSessionPeers),

            .post(messages, createMessages),
            .post(messages + "/list", listMessages),
            .get(messages + "/{message_id}", getMessage),
            .put(messages + "/{message_id}", updateMessage),

            .post(root + "/keys", createKey),
        ]
    }

    /// Both versions, in one document.
    package var openAPI: [UInt8] { PackageResources.openapi_json }
}
