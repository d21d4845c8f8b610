/// One metric: a name, a type and a series for each combination of labels.
struct Family {
    let name: String
    let type: MetricType
    private let help: String
    private let maxSeries: Int
    private var entries: [Labels: Entry] = [:]
    private var overflow: (any Series)?

    /// A series and how many handles of it are in use.
    private struct Entry {
        let series: any Series
        var handles: Int
    }

    init(name: String, help: String, type: MetricType, maxSeries: Int) {
        self.name = name
        self.help = help
        self.type = type
        self.maxSeries = maxSeries
    }

    /// Returns the series of the labels, or the one for all that is beyond the limit.
    mutating func claim<Kind: Series>(_ labels: Labels, make: (SeriesID) -> Kind) -> Kind? {
        if let entry = entries[labels] {
            entries[labels]?.handles += 1
            return entry.series as? Kind
        }
        guard labels != .overflow, entries.count < maxSeries else {
            let series = overflow ?? make(SeriesID(family: name, labels: .overflow))
            overflow = series
            return series as? Kind
        }
        let series = make(SeriesID(family: name, labels: labels))
        entries[labels] = Entry(series: series, handles: 1)
        return series
    }

    /// Forgets one handle of the series; the overflow stays, for nobody knows whose it is.
    mutating func release(_ series: any Series) {
        let labels = series.id.labels
        guard let entry = entries[labels], entry.series === series else { return }
        if entry.handles > 1 {
            entries[labels]?.handles -= 1
        } else {
            entries[labels] = nil
        }
    }

    /// Appends the family's lines, or nothing where it has no series.
    func write(to text: inout String) {
        let series = entries.sorted { $0.key < $1.key }.map(\.value.series) + (overflow.map { [$0] } ?? [])
        guard !series.isEmpty else { return }
        text += "# HELP \(name) \(escapedHelp(help))\n# TYPE \(name) \(type.rawValue)\n"
        for series in series { series.write(to: &text) }
    }
}
