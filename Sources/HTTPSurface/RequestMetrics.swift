import HTTPTypes
import Metrics
import Synchronization

/// How many requests there were, by route and outcome, and how long they took.
///
/// The handles are kept, so that a request neither allocates labels nor looks them up by text.
final class RequestMetrics: Sendable {
    /// What tells series apart; the route is a pattern of ours or `none`, so that clients can't make up series.
    struct Key: Hashable {
        let api: String
        let route: String
        let method: HTTPRequest.Method
        let status: Int
    }

    private struct Meters {
        let requests: Counter
        let duration: Timer
    }

    private static let knownMethods: Set<HTTPRequest.Method> = [.get, .head, .post, .put, .patch, .delete, .options]

    private let meters = Mutex<[Key: Meters]>([:])

    func record(_ key: Key, since start: ContinuousClock.Instant) {
        let meters = meters.withLock { meters in
            if let known = meters[key] { return known }
            let new = Self.make(key)
            // Methods that nobody knows are counted together, but not kept under each name.
            if Self.knownMethods.contains(key.method) { meters[key] = new }
            return new
        }
        meters.requests.increment()
        let elapsed = start.duration(to: .now).components
        meters.duration.recordNanoseconds(elapsed.seconds * 1_000_000_000 + elapsed.attoseconds / 1_000_000_000)
    }

    private static func make(_ key: Key) -> Meters {
        let method = knownMethods.contains(key.method) ? key.method.rawValue : "other"
        let shared = [("api", key.api), ("route", key.route)]
        return Meters(
            requests: Counter(
                label: "http_requests",
                dimensions: shared + [("method", method), ("status", String(key.status))]
            ),
            duration: Timer(label: "http_request_duration", dimensions: shared)
        )
    }
}
