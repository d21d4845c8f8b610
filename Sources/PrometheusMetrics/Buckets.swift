/// The upper bounds of a histogram, ascending; a last bucket without a bound takes what exceeds them all.
package struct Buckets: Sendable {
    /// The bounds, each of which belongs to the bucket below it.
    package let bounds: [Double]
    /// The bounds as `le` shows them, `+Inf` last.
    package let texts: [String]

    /// Half a millisecond to ten seconds: from a cached read to a slow model.
    package static let seconds = Buckets([
        0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ])

    /// One to a million in steps of about three: rows, bytes, depths of queues.
    package static let quantities = Buckets([
        1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000,
    ])

    /// Creates buckets with the finite ones of the bounds, put in order, each once.
    package init(_ bounds: [Double]) {
        self.bounds = Set(bounds.filter(\.isFinite)).sorted()
        self.texts = self.bounds.map(number) + ["+Inf"]
    }

    /// Returns the first bucket whose bound is not below the value.
    ///
    /// One by one, as most values fall into the first few of some dozen buckets.
    func index(of value: Double) -> Int {
        bounds.firstIndex { value <= $0 } ?? bounds.count
    }
}
