import HTTPTypes
import Metrics

/// How many requests there were, by route and outcome, and how long they took.
struct RequestMetrics: Sendable {
    func record(
        _ method: HTTPRequest.Method,
        _ route: String,
        _ dialect: String,
        _ status: HTTPResponse.Status,
        since start: ContinuousClock.Instant
    ) {
        // A method that no route has would let clients make up series.
        let known: Set<String> = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
        let dimensions = [
            ("method", known.contains(method.rawValue) ? method.rawValue : "other"),
            ("route", route),
            ("api", dialect),
            ("status", String(status.code)),
        ]
        Counter(label: "http_requests", dimensions: dimensions).increment()
        let elapsed = start.duration(to: .now).components
        Timer(label: "http_request_duration", dimensions: [("route", route), ("api", dialect)])
            .recordNanoseconds(elapsed.seconds * 1_000_000_000 + elapsed.attoseconds / 1_000_000_000)
    }
}
