import CoreMetrics
import Synchronization

/// A value that goes up and down: a meter, or a recorder that keeps only the last value.
final class GaugeSeries: Series, MeterHandler, RecorderHandler {
    static let type = MetricType.gauge
    let id: SeriesID
    private let value = Atomic<Double>(0)

    init(_ id: SeriesID) {
        self.id = id
    }

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { self.value.store(value, ordering: .relaxed) }
    func record(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }

    func increment(by amount: Double) {
        guard amount.isFinite else { return }
        value.add(amount)
    }

    func decrement(by amount: Double) { increment(by: -amount) }

    func write(to text: inout String) {
        text += "\(id.family)\(id.labels.braced) \(number(value.load(ordering: .relaxed)))\n"
    }
}
