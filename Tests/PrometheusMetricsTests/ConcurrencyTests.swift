import CoreMetrics
import PrometheusMetrics
import Testing

@Suite("Concurrency")
struct ConcurrencyTests {
    private let tasks = 16
    private let updates = 2_000

    @Test("No update is lost, however many tasks update one series while others scrape")
    func updatesOfOneSeries() async {
        let registry = PrometheusRegistry(timerBuckets: Buckets([1]))
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<tasks {
                group.addTask {
                    let counter = Counter(label: "c", factory: registry)
                    let fractional = FloatingPointCounter(label: "f", factory: registry)
                    let meter = Meter(label: "m", factory: registry)
                    let timer = Timer(label: "t", factory: registry)
                    for _ in 0..<updates {
                        counter.increment()
                        fractional.increment(by: 0.5)
                        meter.increment(by: 2.0)
                        meter.decrement(by: 1.0)
                        timer.recordMilliseconds(500)
                    }
                }
            }
            for _ in 0..<4 { group.addTask { for _ in 0..<50 { _ = registry.exposition() } } }
        }
        let count = tasks * updates
        #expect(
            registry.samples == [
                "c_total \(count)", "f_total \(count / 2)", "m \(count)", "t_seconds_bucket{le=\"1\"} \(count)",
                "t_seconds_bucket{le=\"+Inf\"} \(count)", "t_seconds_sum \(count / 2)", "t_seconds_count \(count)",
            ]
        )
    }

    @Test("Tasks that make and destroy the same series at once leave nothing behind")
    func makingAndDestroying() async {
        let registry = PrometheusRegistry()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<tasks {
                group.addTask {
                    for round in 0..<200 {
                        let counter = Counter(label: "c", dimensions: [("a", "\(round % 7)")], factory: registry)
                        counter.increment()
                        counter.destroy()
                    }
                }
            }
        }
        #expect(registry.exposition().isEmpty)
    }

    @Test("Tasks that race past the limit lose no count")
    func racingPastTheLimit() async {
        let registry = PrometheusRegistry(maxSeriesPerMetric: 10)
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<tasks {
                group.addTask {
                    for user in 0..<100 {
                        Counter(label: "c", dimensions: [("user", "\(task).\(user)")], factory: registry).increment()
                    }
                }
            }
        }
        #expect(registry.samples.count == 11)
        #expect(registry.samples.last == "c_total{overflow=\"true\"} \(tasks * 100 - 10)")
    }
}
