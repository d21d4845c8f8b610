import CoreMetrics
import PrometheusMetrics
import Testing

@Suite("Bounds")
struct BoundsTests {
    @Test("Beyond the limit one series takes all that is new, and known series go on", arguments: [0, 2])
    func overflow(limit: Int) {
        let registry = PrometheusRegistry(maxSeriesPerMetric: limit)
        for _ in 1...2 {
            for user in 1...100 {
                Counter(label: "c", dimensions: [("user", "\(user)")], factory: registry).increment()
            }
        }
        let known = (1...100).prefix(limit).map { "c_total{user=\"\($0)\"} 2" }
        #expect(registry.samples == known + ["c_total{overflow=\"true\"} \((100 - limit) * 2)"])
    }

    @Test("Every kind overflows")
    func overflowOfEveryKind() {
        let registry = PrometheusRegistry(timerBuckets: Buckets([]), maxSeriesPerMetric: 0)
        Meter(label: "m", factory: registry).set(3)
        Timer(label: "t", factory: registry).recordSeconds(1)
        #expect(
            registry.samples == [
                "m{overflow=\"true\"} 3", "t_seconds_bucket{overflow=\"true\",le=\"+Inf\"} 1",
                "t_seconds_sum{overflow=\"true\"} 1", "t_seconds_count{overflow=\"true\"} 1",
            ]
        )
    }

    @Test("Dimensions that say overflow are the overflow, not a second series of that name")
    func overflowByName() {
        let registry = PrometheusRegistry(maxSeriesPerMetric: 1)
        Counter(label: "c", dimensions: [("overflow", "true")], factory: registry).increment()
        Counter(label: "c", dimensions: [("a", "1")], factory: registry).increment()
        Counter(label: "c", dimensions: [("a", "2")], factory: registry).increment()
        #expect(registry.samples == ["c_total{a=\"1\"} 1", "c_total{overflow=\"true\"} 2"])
    }

    @Test("A series goes with its last handle and makes room for another")
    func destruction() {
        let registry = PrometheusRegistry(maxSeriesPerMetric: 1)
        let first = Counter(label: "c", dimensions: [("a", "1")], factory: registry)
        let second = Counter(label: "c", dimensions: [("a", "1")], factory: registry)
        first.increment()
        first.destroy()
        #expect(registry.samples == ["c_total{a=\"1\"} 1"])
        second.destroy()
        #expect(registry.exposition().isEmpty)
        second.destroy()

        let third = Counter(label: "c", dimensions: [("a", "2")], factory: registry)
        third.increment()
        #expect(registry.samples == ["c_total{a=\"2\"} 1"])
    }

    @Test("Nothing of a destroyed series stays in memory")
    func noLeak() {
        let registry = PrometheusRegistry()
        weak var series: (any CounterHandler)?
        do {
            let handler = registry.makeCounter(label: "c", dimensions: [("a", "1")])
            series = handler
            registry.destroyCounter(handler)
        }
        #expect(series == nil)
    }

    @Test("Every kind can be destroyed")
    func destructionOfEveryKind() {
        let registry = PrometheusRegistry()
        FloatingPointCounter(label: "f", factory: registry).destroy()
        Meter(label: "m", factory: registry).destroy()
        Recorder(label: "r", factory: registry).destroy()
        Gauge(label: "g", factory: registry).destroy()
        Timer(label: "t", factory: registry).destroy()
        #expect(registry.exposition().isEmpty)
    }

    @Test("Beyond the limit metrics are refused and the refusals counted")
    func tooManyMetrics() {
        let registry = PrometheusRegistry(maxMetrics: 1)
        Counter(label: "a", factory: registry).increment()
        for _ in 1...3 { Counter(label: "b", factory: registry).increment() }
        let refused = Timer(label: "t", factory: registry)
        refused.recordSeconds(1)
        refused.destroy()
        Counter(label: "a", factory: registry).increment()
        #expect(registry.samples == ["a_total 2", "prometheus_registry_refused_total 4"])
    }

    @Test("A name in use by another kind gets the kind as suffix, so that the exposition stays legal")
    func nameInUse() {
        let registry = PrometheusRegistry(recorderBuckets: Buckets([]))
        Gauge(label: "x", factory: registry).record(1)
        Recorder(label: "x", factory: registry).record(2)
        Recorder(label: "y", factory: registry).record(3)
        Gauge(label: "y_count", factory: registry).record(4)
        Gauge(label: "y.count", factory: registry).record(5)
        #expect(
            registry.samples == [
                "x 1", "x_histogram_bucket{le=\"+Inf\"} 1", "x_histogram_sum 2", "x_histogram_count 1",
                "y_bucket{le=\"+Inf\"} 1", "y_sum 3", "y_count 1", "y_count_gauge 5",
            ]
        )
    }
}
