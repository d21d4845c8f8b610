import CoreMetrics
import Synchronization

/// How often values fell at or below each bound, with their sum: a timer in seconds, or a recorder that aggregates.
final class HistogramSeries: Series, TimerHandler, RecorderHandler {
    static let type = MetricType.histogram
    let id: SeriesID
    private let buckets: Buckets
    private let tally: Mutex<Tally>

    /// The counts by bucket, the last for what exceeds every bound, and the sum; one lock keeps them in step.
    private struct Tally {
        var counts: [UInt64]
        var sum = 0.0
    }

    init(_ id: SeriesID, buckets: Buckets) {
        self.id = id
        self.buckets = buckets
        self.tally = Mutex(Tally(counts: Array(repeating: 0, count: buckets.bounds.count + 1)))
    }

    /// Records a duration; a negative one, which only a clock set back can cause, counts as zero.
    func recordNanoseconds(_ duration: Int64) { record(Double(max(0, duration)) / 1e9) }

    func record(_ value: Int64) { record(Double(value)) }

    /// Records a value; infinities and NaN are ignored, for the sum would never recover.
    func record(_ value: Double) {
        guard value.isFinite else { return }
        let bucket = buckets.index(of: value)
        tally.withLock {
            $0.counts[bucket] += 1
            $0.sum += value
        }
    }

    func write(to text: inout String) {
        let tally = tally.withLock { $0 }
        var cumulative: UInt64 = 0
        for (bound, count) in zip(buckets.texts, tally.counts) {
            cumulative += count
            text += "\(id.family)_bucket\(id.labels.braced(with: "le", bound)) \(cumulative)\n"
        }
        text += "\(id.family)_sum\(id.labels.braced) \(number(tally.sum))\n"
        text += "\(id.family)_count\(id.labels.braced) \(cumulative)\n"
    }
}
