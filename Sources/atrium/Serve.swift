import ArgumentParser
import Configuration
import JSON
import Logging
import NIOCore
import Server

struct Serve: Command {
    static let configuration = CommandConfiguration(
        abstract: "Run the server until SIGTERM or Ctrl-C.",
        discussion: """
            Listens on this machine only and asks nobody for a key, until --auth is given. Prints where it listens and what \
            to try on standard output, its log on standard error (JSON lines unless that is a terminal). SIGTERM lets \
            requests under way finish and ends it with 0. Tokens of Honcho clients are signed with the variable \
            AUTH_JWT_SECRET.

            Examples:
              atrium serve
              AUTH_JWT_SECRET=… atrium serve --host 0.0.0.0 --auth --data /var/lib/atrium

            \(exitCodes)
            """
    )

    @OptionGroup var server: ServerOptions
    @OptionGroup var common: CommonOptions

    var flags: [String: ConfigContent] {
        common.flags.merging(server.flags) { _, new in new }
    }

    func perform(_ settings: Settings) async throws -> Report {
        let logger = Logger.standardError(level: settings.logLevel)
        // Once in a process, before anything uses them.
        NIOSingletons.blockingPoolThreadCountSuggestion = AtriumServer.maxWebhooks
        let server = try await AtriumServer(settings, logger: logger)
        let hasUsers = try await server.hasUsers()
        let isJSON = common.json
        try await server.run { port in
            let announcement = Announcement(settings: settings, port: port, hasUsers: hasUsers)
            Terminal.write(isJSON ? announcement.json : announcement.text)
        }
        return Report("Atrium has stopped.") { $0.object { $0.member("status", "stopped") } }
    }
}
