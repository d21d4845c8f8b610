import ArgumentParser
import Core
import Domain
import JSON
import Server

struct Keys: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Make, list and revoke API keys.",
        subcommands: [Create.self, List.self, Revoke.self]
    )

    struct List: Command {
        static let configuration = CommandConfiguration(
            abstract: "List the keys, oldest first; never their secrets, which are not kept.",
            discussion: """
                Example:
                  atrium key list --organization acme

                \(exitCodes)
                """
        )

        @Option(help: ArgumentHelp("Only keys of the organization with this id or slug.", valueName: "id"))
        var organization: String?

        @OptionGroup var pages: PageOptions
        @OptionGroup var common: CommonOptions

        func perform(_ settings: Settings) async throws -> Report {
            let page = try await withOperations(settings) { operations in
                try await operations.keys(in: organization, page: pages.request)
            }
            return Report(
                page,
                of: "keys",
                ["ID", "NAME", "OWNER", "REACHES", "ROLE", "EXPIRES", "LAST USED", "STATE"]
            ) { key in
                [
                    key.id.rawValue, key.name ?? "-", key.userID?.rawValue ?? "service", key.scope.words, key.roleWords,
                    key.expiresAt?.rfc3339 ?? "never", key.lastUsedAt?.rfc3339 ?? "never",
                    key.revokedAt == nil ? "active" : "revoked",
                ]
            } json: { writer, key in
                key.write(to: &writer)
            }
        }
    }

    struct Revoke: Command {
        static let configuration = CommandConfiguration(
            abstract: "End a key at once.",
            discussion: """
                Example:
                  atrium key revoke d4f2k1v9c0s0000000a0

                \(exitCodes)
                """
        )

        @Argument(help: "The key's id, as key create and key list show it.")
        var id: String

        @OptionGroup var common: CommonOptions

        func perform(_ settings: Settings) async throws -> Report {
            try await withOperations(settings) { try await $0.revokeKey(APIKey.ID(id)) }
            return Report("Key \(id) is revoked") { $0.object { $0.member("id", id) } }
        }
    }
}

extension APIKey {
    fileprivate var roleWords: String {
        let word = role?.name ?? (userID == nil ? "admin" : "its owner's")
        return isReadOnly ? "\(word), reads only" : word
    }

    fileprivate func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", id.rawValue)
            writer.member("name", name)
            writer.member("organization_id", organizationID.rawValue)
            writer.member("user_id", userID?.rawValue)
            writer.member("workspace", scope.workspace)
            if case .peer(let peer, _) = scope { writer.member("peer", peer) }
            if case .session(let session, _) = scope { writer.member("session", session) }
            writer.member("role", role?.name)
            writer.member("read_only", isReadOnly)
            writer.member("created_at", createdAt.rfc3339)
            writer.member("expires_at", expiresAt?.rfc3339)
            writer.member("last_used_at", lastUsedAt?.rfc3339)
            writer.member("revoked_at", revokedAt?.rfc3339)
        }
    }
}

extension Scope {
    fileprivate var words: String {
        switch self {
        case .organization: "organization"
        case .workspace(let slug): "workspace \(slug)"
        case .peer(let peer, let slug): "peer \(peer) in \(slug)"
        case .session(let session, let slug): "session \(session) in \(slug)"
        }
    }
}
