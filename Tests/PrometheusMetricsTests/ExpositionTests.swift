import CoreMetrics
import PrometheusMetrics
import Testing

@Suite("Exposition")
struct ExpositionTests {
    @Test("An empty registry shows nothing")
    func empty() {
        #expect(PrometheusRegistry().exposition().isEmpty)
    }

    @Test("Every kind of metric in one exposition, families and series in order")
    func everyKind() {
        let registry = PrometheusRegistry(
            help: ["http.server.requests": "Requests answered."],
            timerBuckets: Buckets([0.25, 1]),
            recorderBuckets: Buckets([10, 100])
        )
        let posts = [("method", "POST"), ("http.route", "/v3/workspaces")]
        let gets = [("method", "GET"), ("http.route", "/health")]
        Counter(label: "http.server.requests", dimensions: posts, factory: registry).increment(by: 3)
        Counter(label: "http.server.requests", dimensions: gets, factory: registry).increment()
        FloatingPointCounter(label: "cpu-seconds", factory: registry).increment(by: 1.5)
        Meter(label: "queue.depth", factory: registry).set(7)
        Gauge(label: "build", dimensions: [("version", "1.0")], factory: registry).record(1)
        let recorder = Recorder(label: "rows", factory: registry)
        for rows in [10, 11, 1_000] { recorder.record(rows) }
        let timer = Timer(label: "http.server.duration", dimensions: gets, factory: registry)
        for milliseconds in [125, 250, 500, 2_000] { timer.recordMilliseconds(milliseconds) }

        #expect(
            registry.exposition() == """
                # HELP build build
                # TYPE build gauge
                build{version="1.0"} 1
                # HELP cpu_seconds_total cpu-seconds
                # TYPE cpu_seconds_total counter
                cpu_seconds_total 1.5
                # HELP http_server_duration_seconds http.server.duration
                # TYPE http_server_duration_seconds histogram
                http_server_duration_seconds_bucket{http_route="/health",method="GET",le="0.25"} 2
                http_server_duration_seconds_bucket{http_route="/health",method="GET",le="1"} 3
                http_server_duration_seconds_bucket{http_route="/health",method="GET",le="+Inf"} 4
                http_server_duration_seconds_sum{http_route="/health",method="GET"} 2.875
                http_server_duration_seconds_count{http_route="/health",method="GET"} 4
                # HELP http_server_requests_total Requests answered.
                # TYPE http_server_requests_total counter
                http_server_requests_total{http_route="/health",method="GET"} 1
                http_server_requests_total{http_route="/v3/workspaces",method="POST"} 3
                # HELP queue_depth queue.depth
                # TYPE queue_depth gauge
                queue_depth 7
                # HELP rows rows
                # TYPE rows histogram
                rows_bucket{le="10"} 1
                rows_bucket{le="100"} 2
                rows_bucket{le="+Inf"} 3
                rows_sum 1021
                rows_count 3

                """
        )
    }

    @Test("Values and help are escaped, and only where the format asks for it")
    func escaping() {
        let registry = PrometheusRegistry(help: ["a": "one\\two\n\"three\""])
        let value = "C:\\dir\n\"quoted\"\r\n{le=\"1\"} é"
        Counter(label: "a", dimensions: [("path", value)], factory: registry).increment()

        #expect(
            registry.exposition() == """
                # HELP a_total one\\\\two\\n"three"
                # TYPE a_total counter
                a_total{path="C:\\\\dir\\n\\"quoted\\"\r\\n{le=\\"1\\"} é"} 1

                """
        )
    }

    @Test(
        "Metric names are sanitised",
        arguments: [
            ("http.server.requests", "http_server_requests_total"),
            ("requests_total", "requests_total"),
            ("1st", "_1st_total"),
            ("naïve name:x", "na_ve_name_x_total"),
            ("", "__total"),
        ]
    )
    func metricNames(label: String, expected: String) {
        #expect(metricName(label, suffix: "_total") == expected)
    }

    @Test(
        "Label names are sanitised and never Prometheus' own",
        arguments: [("http.route", "http_route"), ("2xx", "_2xx"), ("__name__", "_name__"), ("", "_"), ("é", "_")]
    )
    func labelNames(name: String, expected: String) {
        #expect(labelName(name) == expected)
    }

    @Test("Dimensions that become one label keep all values, in whatever order they come")
    func collidingLabels() {
        let dimensions = [("a.b", "1"), ("a_b", "2"), ("c", "3")]
        #expect(Labels(dimensions).braced == #"{a_b="1;2",c="3"}"#)
        #expect(Labels(dimensions.reversed()) == Labels(dimensions))
    }

    @Test("A dimension cannot pose as a histogram's bound")
    func reservedLabel() {
        let registry = PrometheusRegistry(timerBuckets: Buckets([]))
        Timer(label: "t", dimensions: [("le", "5")], factory: registry).recordSeconds(1)
        #expect(registry.exposition().contains(#"t_seconds_bucket{exported_le="5",le="+Inf"} 1"#))
    }

    @Test(
        "Numbers are written as Prometheus reads them",
        arguments: [
            (0.0, "0"), (-1.0, "-1"), (0.1, "0.1"), (1e-05, "1e-05"), (1e18, "1e+18"), (.nan, "NaN"),
            (.infinity, "+Inf"), (-.infinity, "-Inf"),
        ]
    )
    func numbers(value: Double, text: String) {
        #expect(number(value) == text)
    }
}
