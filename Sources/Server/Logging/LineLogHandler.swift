import Core
package import Domain
import Glibc
package import Logging

/// Writes each event as one line to standard error, in one piece, so that lines of different threads never mix.
package struct LineLogHandler: LogHandler {
    package var logLevel = Logger.Level.info
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    private let label: String
    private let format: LogFormat
    private let now: @Sendable () -> Instant

    package init(label: String, format: LogFormat, now: @escaping @Sendable () -> Instant) {
        self.label = label
        self.format = format
        self.now = now
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { _, new in new } }
        if let own = event.metadata { all.merge(own) { _, new in new } }
        if let error = event.error { all["error"] = "\(error)" }
        let line = LogLine(
            time: now(),
            level: event.level,
            label: label,
            message: event.message.description,
            metadata: all
        )
        Self.write(format.text(of: line))
    }

    /// What can't be written is lost: a log must never hold the server up.
    private static func write(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Glibc.write(STDERR_FILENO, UnsafeBufferPointer(rebasing: rest).baseAddress, rest.count)
                guard count > 0 else { return }
                rest = rest.dropFirst(count)
            }
        }
    }
}

extension Logger {
    /// A logger to standard error: for people at a terminal, as JSON lines anywhere else.
    package static func standardError(level: Logger.Level) -> Logger {
        let format: LogFormat = isatty(STDERR_FILENO) == 1 ? .readable : .json
        let now = Environment.live().now
        var logger = Logger(label: "atrium") { LineLogHandler(label: $0, format: format, now: now) }
        logger.logLevel = level
        return logger
    }
}
