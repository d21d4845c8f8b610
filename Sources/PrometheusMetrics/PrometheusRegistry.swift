package import CoreMetrics
import Synchronization

/// Keeps the process's metrics and writes them down in Prometheus' text format 0.0.4.
///
/// Bootstrap `MetricsSystem` with one registry and answer `GET /metrics` with its ``exposition()``.
///
/// - Counters take the suffix `_total`, timers are histograms in seconds and take the suffix `_seconds`, meters and gauges
///   are gauges, and every other recorder is a histogram. Names are sanitised: `http.server.requests` becomes
///   `http_server_requests`.
/// - The same label and dimensions, in any order, are the same series. A series goes when each handle made for it has been
///   destroyed.
/// - Memory is bounded: a metric keeps `maxSeriesPerMetric` combinations of labels and counts whatever comes later under
///   `overflow="true"`; past `maxMetrics`, new metrics are refused and `prometheus_registry_refused_total` says how often.
/// - Updating a series neither allocates nor takes a lock that another series shares.
package final class PrometheusRegistry: MetricsFactory {
    /// The `Content-Type` that an answer with an ``exposition()`` bears.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private let families: Mutex<FamilyTable>
    private let help: [String: String]
    private let timerBuckets: Buckets
    private let recorderBuckets: Buckets

    /// Creates a registry without metrics.
    ///
    /// - Parameters:
    ///   - help: What metrics mean, by swift-metrics label; a metric without an entry shows its label instead.
    ///   - timerBuckets: The bounds, in seconds, of every timer.
    ///   - recorderBuckets: The bounds of every recorder that aggregates.
    ///   - maxSeriesPerMetric: How many combinations of labels a metric tells apart.
    ///   - maxMetrics: How many metrics there may be.
    package init(
        help: [String: String] = [:],
        timerBuckets: Buckets = .seconds,
        recorderBuckets: Buckets = .quantities,
        maxSeriesPerMetric: Int = 1_000,
        maxMetrics: Int = 1_000
    ) {
        self.families = Mutex(FamilyTable(maxFamilies: maxMetrics, maxSeriesPerFamily: maxSeriesPerMetric))
        self.help = help
        self.timerBuckets = timerBuckets
        self.recorderBuckets = recorderBuckets
    }

    /// Returns all metrics as text: families by name, series by labels, so that two scrapes line up.
    ///
    /// Each series is read at one instant, different series at slightly different ones.
    package func exposition() -> String {
        let snapshot = families.withLock { $0.families }
        var text = ""
        for family in snapshot.sorted(by: { $0.name < $1.name }) { family.write(to: &text) }
        return text
    }

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        counter(label, dimensions) ?? NOOPMetricsHandler.instance
    }

    package func makeFloatingPointCounter(
        label: String,
        dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        counter(label, dimensions) ?? NOOPMetricsHandler.instance
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        gauge(label, dimensions) ?? NOOPMetricsHandler.instance
    }

    package func makeRecorder(
        label: String,
        dimensions: [(String, String)],
        aggregate: Bool
    ) -> any RecorderHandler {
        let made: (any RecorderHandler)? =
            aggregate
            ? histogram(label, unit: "", dimensions, recorderBuckets)
            : gauge(label, dimensions)
        return made ?? NOOPMetricsHandler.instance
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        histogram(label, unit: "_seconds", dimensions, timerBuckets) ?? NOOPMetricsHandler.instance
    }

    package func destroyCounter(_ handler: any CounterHandler) { release(handler) }
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { release(handler) }
    package func destroyMeter(_ handler: any MeterHandler) { release(handler) }
    package func destroyRecorder(_ handler: any RecorderHandler) { release(handler) }
    package func destroyTimer(_ handler: any TimerHandler) { release(handler) }

    private func counter(_ label: String, _ dimensions: [(String, String)]) -> CounterSeries? {
        claim(label, suffix: "_total", Labels(dimensions), CounterSeries.init)
    }

    private func gauge(_ label: String, _ dimensions: [(String, String)]) -> GaugeSeries? {
        claim(label, suffix: "", Labels(dimensions), GaugeSeries.init)
    }

    private func histogram(
        _ label: String,
        unit: String,
        _ dimensions: [(String, String)],
        _ buckets: Buckets
    ) -> HistogramSeries? {
        claim(label, suffix: unit, Labels(dimensions, reserving: "le")) { HistogramSeries($0, buckets: buckets) }
    }

    private func claim<Kind: Series>(
        _ label: String,
        suffix: String,
        _ labels: Labels,
        _ make: (SeriesID) -> Kind
    ) -> Kind? {
        let name = metricName(label, suffix: suffix)
        let help = help[label] ?? label
        return families.withLock { $0.claim(name, help: help, labels: labels, make: make) }
    }

    private func release(_ handler: AnyObject) {
        guard let series = handler as? any Series else { return }
        families.withLock { $0.release(series) }
    }
}
