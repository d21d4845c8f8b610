import ArgumentParser
import Configuration
import Foundation
import Server

/// The options of every command: which data it is about, and how it speaks.
struct CommonOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The data directory (ATRIUM_DATA; default ./atrium-data).", valueName: "directory"))
    var data: String?

    @Option(
        name: .customLong("database-url"),
        help: ArgumentHelp("sqlite:PATH for a file elsewhere, or postgres://… (ATRIUM_DATABASE_URL).", valueName: "url")
    )
    var databaseURL: String?

    @Option(help: ArgumentHelp("A JSON file with settings (ATRIUM_CONFIG).", valueName: "file"))
    var config: String?

    @Flag(help: "Print JSON, for programs.")
    var json = false

    var flags: [String: ConfigContent] {
        [
            "data": data.map { .string($0) },
            "database_url": databaseURL.map { .string($0) },
        ].compactMapValues(\.self)
    }

    func settings(_ flags: [String: ConfigContent]) throws -> Settings {
        try Settings.load(
            flags: flags,
            environment: ProcessInfo.processInfo.environment,
            configurationFile: config
        )
    }
}

/// The options of a server.
struct ServerOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The address to listen on (ATRIUM_HOST; default 127.0.0.1).", valueName: "host"))
    var host: String?

    @Option(help: ArgumentHelp("The port; 0 takes any free one (ATRIUM_PORT; default 8000).", valueName: "port"))
    var port: Int?

    @Flag(help: "Ask every request for a key or a token (ATRIUM_AUTH).")
    var auth = false

    @Flag(
        name: .customLong("insecure-no-auth"),
        help: "Ask nobody, even where other machines can connect: everyone is the owner."
    )
    var insecure = false

    @Option(
        name: .customLong("log-level"),
        help: ArgumentHelp(
            "trace, debug, info, notice, warning, error or critical (ATRIUM_LOG_LEVEL; default info).",
            valueName: "level"
        )
    )
    var logLevel: String?

    func validate() throws {
        if auth, insecure { throw ValidationError("--auth and --insecure-no-auth contradict each other") }
    }

    var flags: [String: ConfigContent] {
        [
            "host": host.map { .string($0) },
            "port": port.map { .int($0) },
            "auth": auth ? .bool(true) : insecure ? .bool(false) : nil,
            "insecure_no_auth": insecure ? .bool(true) : nil,
            "log_level": logLevel.map { .string($0) },
        ].compactMapValues(\.self)
    }
}

/// Which part of a list is shown.
struct PageOptions: ParsableArguments {
    @Option(help: ArgumentHelp("How many to show, 1 to 1000.", valueName: "count"))
    var limit = 100

    @Option(help: ArgumentHelp("Which page of so many, from 1.", valueName: "page"))
    var page = 1

    func validate() throws {
        guard (1...1000).contains(limit) else { throw ValidationError("--limit must be 1 to 1000") }
        guard page >= 1 else { throw ValidationError("--page must be 1 or more") }
    }
}
