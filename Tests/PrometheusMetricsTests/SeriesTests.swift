import CoreMetrics
import PrometheusMetrics
import Testing

@Suite("Series")
struct SeriesTests {
    @Test("The same label and dimensions are one series, in any order and through any handle")
    func oneSeries() {
        let registry = PrometheusRegistry()
        Counter(label: "c", dimensions: [("a", "1"), ("b", "2")], factory: registry).increment()
        Counter(label: "c", dimensions: [("b", "2"), ("a", "1")], factory: registry).increment()
        FloatingPointCounter(label: "c", dimensions: [("a", "1"), ("b", "2")], factory: registry).increment(by: 0.5)
        #expect(registry.samples == [#"c_total{a="1",b="2"} 2.5"#])
    }

    @Test("A counter stays exact beyond what a double can hold, and never falls")
    func counter() {
        let registry = PrometheusRegistry()
        let counter = Counter(label: "c", factory: registry)
        counter.increment(by: 9_007_199_254_740_993)
        counter.increment(by: -5)
        #expect(registry.samples == ["c_total 9007199254740993"])
        counter.reset()
        #expect(registry.samples == ["c_total 0"])
    }

    @Test(
        "A fractional counter ignores what would lower or spoil it",
        arguments: [-1, 0, Double.nan, Double.infinity, -Double.infinity]
    )
    func fractionalCounter(amount: Double) {
        let registry = PrometheusRegistry()
        let counter = FloatingPointCounter(label: "c", factory: registry)
        counter.increment(by: 0.25)
        counter.increment(by: amount)
        #expect(registry.samples == ["c_total 0.25"])
    }

    @Test("A meter goes up and down, a gauge keeps the last value")
    func gauges() {
        let registry = PrometheusRegistry()
        let meter = Meter(label: "m", factory: registry)
        meter.set(10)
        meter.increment(by: 2.5)
        meter.decrement()
        meter.increment(by: Double.nan)
        let gauge = Gauge(label: "g", factory: registry)
        gauge.record(1)
        gauge.record(-0.5)
        #expect(registry.samples == ["g -0.5", "m 11.5"])
    }

    @Test(
        "A value on a bound belongs to the bucket below it",
        arguments: [(-1.0, [1, 1, 1]), (1.0, [1, 1, 1]), (1.001, [0, 1, 1]), (5.0, [0, 1, 1]), (5.1, [0, 0, 1])]
    )
    func buckets(value: Double, cumulative: [Int]) {
        let registry = PrometheusRegistry(recorderBuckets: Buckets([5, 1, 5, .infinity]))
        Recorder(label: "r", factory: registry).record(value)
        #expect(
            registry.samples == [
                "r_bucket{le=\"1\"} \(cumulative[0])", "r_bucket{le=\"5\"} \(cumulative[1])",
                "r_bucket{le=\"+Inf\"} \(cumulative[2])", "r_sum \(number(value))", "r_count 1",
            ]
        )
    }

    @Test("A histogram ignores what is not a number, and a timer what is before its start")
    func impossibleValues() {
        let registry = PrometheusRegistry(timerBuckets: Buckets([]), recorderBuckets: Buckets([]))
        Recorder(label: "r", factory: registry).record(Double.nan)
        Timer(label: "t", factory: registry).recordNanoseconds(-5)
        #expect(
            registry.samples == [
                "r_bucket{le=\"+Inf\"} 0", "r_sum 0", "r_count 0",
                "t_seconds_bucket{le=\"+Inf\"} 1", "t_seconds_sum 0", "t_seconds_count 1",
            ]
        )
    }

    @Test("The standard buckets ascend")
    func standardBuckets() {
        #expect(Buckets.seconds.texts.first == "0.0005")
        #expect(Buckets.seconds.texts.suffix(2) == ["10", "+Inf"])
        #expect(Buckets.quantities.bounds == Buckets.quantities.bounds.sorted())
    }
}

extension PrometheusRegistry {
    /// The exposition's lines without the comments.
    var samples: [String] {
        exposition().split(separator: "\n").filter { !$0.hasPrefix("#") }.map(String.init)
    }
}
