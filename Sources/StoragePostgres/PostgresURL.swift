import CLibPQ

/// Where a PostgreSQL server is and how it is reached, in libpq's words.
package struct PostgresURL: Sendable {
    /// libpq's parameters by keyword, as the URL gives them.
    let parameters: [String: String]

    /// Reads `postgres://…`, `postgresql://…`, the same with a driver's name as SQLAlchemy writes it (`postgresql+psycopg://…`),
    /// or libpq's own `host=… dbname=…`.
    ///
    /// - Throws: ``InvalidPostgresURL`` with what is wrong, but never with the password.
    package init(_ text: String) throws(InvalidPostgresURL) {
        parameters = try Self.parse(Self.withoutDriver(text))
    }

    /// The same with a setting of PostgreSQL's for each connection.
    package func setting(_ name: String, to value: String) -> PostgresURL {
        var parameters = parameters
        parameters["options", default: ""] += " -c \(name)=\(value)"
        return PostgresURL(parameters: parameters)
    }

    private init(parameters: [String: String]) {
        self.parameters = parameters
    }

    /// Whether the text has a scheme that ``init(_:)`` reads.
    package static func isRecognized(_ text: String) -> Bool {
        guard let end = text.firstRange(of: "://")?.lowerBound else { return false }
        let scheme = text[..<end].prefix { $0 != "+" }.lowercased()
        return scheme == "postgres" || scheme == "postgresql"
    }

    /// Server and database, without a password.
    package var description: String {
        let host = parameters["host"] ?? parameters["hostaddr"] ?? "localhost"
        let port = parameters["port"].map { ":\($0)" } ?? ""
        return "PostgreSQL at \(host)\(port)" + (parameters["dbname"].map { "/\($0)" } ?? "")
    }

    /// The parameters as libpq's commands take them (`host=… dbname=…`), without any secret.
    package var connectionString: String {
        parameters.filter { !Self.secrets.contains($0.key) }.sorted { $0.key < $1.key }.map { name, value in
            let isPlain =
                !value.isEmpty
                && value.utf8.allSatisfy { $0 > 0x20 && $0 != UInt8(ascii: "'") && $0 != UInt8(ascii: "\\") }
            let quoted = value.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
            return "\(name)=\(isPlain ? value : "'\(quoted)'")"
        }.joined(separator: " ")
    }

    private static let secrets: Set<String> = ["password", "sslpassword"]

    /// libpq quotes what it can't read, which may be the password or all of the URL; a parameter's name tells no secret.
    private static func withoutValues(_ message: String) -> String {
        let line = message.trimmedLine
        guard !line.hasPrefix("invalid URI query parameter"), !line.hasPrefix("invalid connection option") else {
            return line
        }
        let end = [": \"", " after \""].compactMap { line.firstRange(of: $0)?.lowerBound }.min()
        return String(line[..<(end ?? line.endIndex)])
    }

    private static func withoutDriver(_ text: String) -> String {
        guard isRecognized(text), let end = text.firstRange(of: "://")?.lowerBound else { return text }
        return "postgresql" + text[end...]
    }

    private static func parse(_ text: String) throws(InvalidPostgresURL) -> [String: String] {
        var message: UnsafeMutablePointer<CChar>?
        defer { PQfreemem(message) }
        guard let options = PQconninfoParse(text, &message) else {
            throw InvalidPostgresURL(reason: Self.withoutValues(message.map { String(cString: $0) } ?? "out of memory"))
        }
        defer { PQconninfoFree(options) }
        var parameters: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { parameters[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        return parameters
    }
}

/// A database URL that libpq can't read.
package struct InvalidPostgresURL: Error {
    package let reason: String
}

extension String {
    /// The first line, without what stands around it.
    var trimmedLine: String {
        let line = drop { $0.isWhitespace }.prefix { !$0.isNewline }
        return String(line.reversed().drop { $0.isWhitespace }.reversed())
    }
}
