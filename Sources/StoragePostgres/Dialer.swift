import Storage
import Synchronization

/// Opens connections; after a failure it refuses at once for a while, so that a server in trouble isn't hammered and nobody
/// waits for what is known to fail.
final class Dialer: Sendable {
    private static let firstPause = Duration.milliseconds(100)
    private static let longestPause = Duration.seconds(2)

    private let target: PostgresTarget
    private let report: @Sendable (PostgresEvent) -> Void
    private let state = Mutex(State())

    /// - Parameter report: told when the server can't be reached any more, and when it can again.
    init(_ target: PostgresTarget, report: @escaping @Sendable (PostgresEvent) -> Void) {
        self.target = target
        self.report = report
    }

    func connect(_ role: PostgresRole) throws -> PostgresConnection {
        if let reason = state.withLock({ $0.admit() }) { throw StorageError.unavailable(reason) }
        do {
            let connection = try PostgresConnection(target, role)
            if state.withLock({ $0.noteSuccess() }) { report(.restored) }
            return connection
        } catch {
            if state.withLock({ $0.noteFailure("\(error.reason)") }) { report(.lost(error.reason)) }
            throw error
        }
    }

    private struct State {
        private var failures = 0
        private var lastReason = ""
        private var refusesUntil = ContinuousClock.now

        /// Returns why there is no attempt now; where there may be one, others wait for how it ends.
        mutating func admit() -> String? {
            guard failures > 0 else { return nil }
            guard refusesUntil <= .now else { return lastReason }
            refusesUntil = .now + Dialer.longestPause
            return nil
        }

        /// Returns whether the server was out of reach before.
        mutating func noteSuccess() -> Bool {
            defer { failures = 0 }
            return failures > 0
        }

        /// Returns whether this is news.
        mutating func noteFailure(_ reason: String) -> Bool {
            let pause = Dialer.firstPause * (1 << min(failures, 10))
            failures += 1
            lastReason = reason
            refusesUntil = .now + min(pause, Dialer.longestPause)
            return failures == 1
        }
    }
}

/// What an operator should know of.
package enum PostgresEvent: Sendable {
    /// No connection could be made.
    case lost(String)
    /// Connections can be made again.
    case restored
}

extension StorageError {
    fileprivate var reason: String {
        switch self {
        case .uniqueViolation(let reason), .serialization(let reason), .unavailable(let reason),
            .outOfSpace(let reason),
            .readOnly(let reason), .schema(let reason), .corrupt(let reason), .engine(_, let reason):
            reason
        }
    }
}
