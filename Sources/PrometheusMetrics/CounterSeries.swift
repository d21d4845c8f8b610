import CoreMetrics
import Synchronization

/// A total that only grows; whole and fractional increments are kept apart, so that whole ones stay exact and lock-free.
final class CounterSeries: Series, CounterHandler, FloatingPointCounterHandler {
    static let type = MetricType.counter
    let id: SeriesID
    private let whole = Atomic<UInt64>(0)
    private let fractional = Atomic<Double>(0)

    init(_ id: SeriesID) {
        self.id = id
    }

    /// Adds to the total; what would lower it is ignored, as Prometheus would take it for a restart.
    func increment(by amount: Int64) {
        guard amount > 0 else { return }
        whole.wrappingAdd(UInt64(amount), ordering: .relaxed)
    }

    /// Adds to the total; what would lower or spoil it is ignored.
    func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        fractional.add(amount)
    }

    func reset() {
        whole.store(0, ordering: .relaxed)
        fractional.store(0, ordering: .relaxed)
    }

    func write(to text: inout String) {
        let whole = whole.load(ordering: .relaxed)
        let fractional = fractional.load(ordering: .relaxed)
        let total = fractional == 0 ? "\(whole)" : number(Double(whole) + fractional)
        text += "\(id.family)\(id.labels.braced) \(total)\n"
    }
}

extension Atomic<Double> {
    /// Adds in one indivisible step; there is no such instruction for floating point, so it tries until nobody interferes.
    func add(_ amount: Double) {
        var value = load(ordering: .relaxed)
        while true {
            let (exchanged, original) = weakCompareExchange(
                expected: value,
                desired: value + amount,
                ordering: .relaxed
            )
            if exchanged { return }
            value = original
        }
    }
}
