import Logging
import Server
import Storage
import Synchronization
import Testing

/// A server that starts before its database does.
@Suite struct StoreWaitingTests {
    @Test("It tries for as long as it says, then tells what is wrong and what to look at")
    func absence() async throws {
        var settings = Settings()
        settings.port = 0
        settings.databaseURL = "postgres://atrium:secret@127.0.0.1:1/atrium"
        let lines = LogLines()
        let logger = Logger(label: "test") { _ in lines.handler }
        let start = ContinuousClock.now
        let error = await #expect(throws: StorageError.self) {
            _ = try await AtriumServer(settings, logger: logger, patience: .milliseconds(1500))
        }
        #expect(.now - start >= .milliseconds(1500))
        let words = Explanation(try #require(error), settings).description
        #expect(words.hasPrefix("PostgreSQL at 127.0.0.1:1/atrium can't be reached ("))
        #expect(words.contains("does the server run there"))
        #expect(!words.contains("secret"))
        let tries = lines.all.filter { $0.message == "The database does not answer yet; trying again" }
        #expect(tries.map(\.seconds) == ["2", "1"])
    }
}

/// What was logged.
private final class LogLines: Sendable {
    private let lines = Mutex<[(message: String, seconds: String)]>([])

    var all: [(message: String, seconds: String)] { lines.withLock { $0 } }
    var handler: any LogHandler { Handler(lines: self) }

    private struct Handler: LogHandler {
        let lines: LogLines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let seconds = event.metadata?["seconds.left"].map { "\($0)" } ?? ""
            lines.lines.withLock { $0.append(("\(event.message)", seconds)) }
        }
    }
}
