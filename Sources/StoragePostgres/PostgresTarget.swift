/// What a connection is for.
enum PostgresRole: Sendable {
    case reader
    case writer
    /// Changes of the schema, for which nothing is too slow.
    case schema
}

/// How connections to one database are made.
struct PostgresTarget: Sendable {
    let url: PostgresURL
    let statementTimeout: Duration
    let maxPreparedStatements: Int

    /// How long a group of writes waits for somebody else's lock before it makes room.
    private static let groupLockTimeout = Duration.milliseconds(100)

    /// libpq's parameters: the URL's, and ours where it has none.
    func parameters(for role: PostgresRole) -> [String: String] {
        var parameters = url.parameters
        let defaults = [
            "application_name": "atrium", "connect_timeout": "5", "keepalives_idle": "30", "keepalives_interval": "10",
            "keepalives_count": "3", "tcp_user_timeout": "30000",
        ]
        parameters.merge(defaults) { given, _ in given }
        parameters["client_encoding"] = "UTF8"
        // The later of two settings of one name counts, so the URL has the last word.
        let given = parameters["options"].map { " " + $0 } ?? ""
        parameters["options"] = settings(for: role).map { "-c \($0)=\($1)" }.joined(separator: " ") + given
        return parameters
    }

    /// After that a server that should have given up by itself is taken for dead.
    func answerTimeout(for role: PostgresRole) -> Duration? {
        let isOverridden = url.parameters["options"]?.contains("statement_timeout") ?? false
        return role == .schema || isOverridden ? nil : statementTimeout + .seconds(5)
    }

    private func settings(for role: PostgresRole) -> [(name: String, value: String)] {
        // Compiling costs more than any of these statements takes; and a plan made for a small table, where reading it all
        // would be cheapest, is still used when the table has grown.
        let common = [(name: "jit", value: "off"), (name: "enable_seqscan", value: "off")]
        let timeout = (name: "statement_timeout", value: Self.milliseconds(statementTimeout))
        switch role {
        case .reader: return common + [timeout, ("default_transaction_read_only", "on")]
        case .writer: return common + [timeout, ("lock_timeout", Self.milliseconds(Self.groupLockTimeout))]
        case .schema: return common + [("statement_timeout", "0")]
        }
    }

    private static func milliseconds(_ duration: Duration) -> String {
        String(Int64(duration / .milliseconds(1)))
    }
}
