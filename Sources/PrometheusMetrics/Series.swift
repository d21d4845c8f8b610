/// The figures of one metric under one set of labels.
///
/// Each kind of metric is one final class, so that a handle updates its series without asking the registry.
protocol Series: AnyObject, Sendable {
    static var type: MetricType { get }
    var id: SeriesID { get }

    /// Appends the series' samples, a line each.
    func write(to text: inout String)
}

/// Where a series belongs.
struct SeriesID: Sendable {
    let family: String
    let labels: Labels
}

/// The types of Prometheus' text format that the registry uses.
enum MetricType: String {
    case counter, gauge, histogram

    /// The names that samples of such a metric bear, none of which another metric may use.
    func sampleNames(of name: String) -> [String] {
        switch self {
        case .counter, .gauge: [name]
        case .histogram: [name, "\(name)_bucket", "\(name)_count", "\(name)_sum"]
        }
    }
}
