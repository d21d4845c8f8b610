/// All metrics of a registry by name, and what keeps their number and their names in order.
struct FamilyTable {
    private let maxFamilies: Int
    private let maxSeriesPerFamily: Int
    private var byName: [String: Family] = [:]
    private var sampleNames: Set<String> = []
    private var refused: CounterSeries?

    init(maxFamilies: Int, maxSeriesPerFamily: Int) {
        self.maxFamilies = maxFamilies
        self.maxSeriesPerFamily = maxSeriesPerFamily
    }

    var families: [Family] { Array(byName.values) }

    /// Returns the series that bears the labels, making it and its family if need be.
    ///
    /// A name that another kind of metric has taken gets the kind as a suffix, because a second `# TYPE` for one name
    /// makes Prometheus refuse the whole scrape. The answer is nil where that name is taken too, or the table is full.
    mutating func claim<Kind: Series>(
        _ name: String,
        help: String,
        labels: Labels,
        make: (SeriesID) -> Kind
    ) -> Kind? {
        let alternative = "\(name)_\(Kind.type.rawValue)"
        if secure(name, for: Kind.type, help: help) {
            return byName[name]?.claim(labels, make: make)
        }
        if secure(alternative, for: Kind.type, help: help) {
            return byName[alternative]?.claim(labels, make: make)
        }
        countRefusal()
        return nil
    }

    /// Forgets one handle of the series, and the series with the last of them.
    mutating func release(_ series: any Series) {
        byName[series.id.family]?.release(series)
    }

    /// Returns whether a family of that name and type is there, adding it if the name is free.
    private mutating func secure(_ name: String, for type: MetricType, help: String) -> Bool {
        if let family = byName[name] { return family.type == type }
        let names = type.sampleNames(of: name)
        guard byName.count < maxFamilies, sampleNames.isDisjoint(with: names) else { return false }
        sampleNames.formUnion(names)
        byName[name] = Family(name: name, help: help, type: type, maxSeries: maxSeriesPerFamily)
        return true
    }

    /// Counts in a family of its own, the one that may exceed `maxFamilies`: losing metrics in silence would be worse.
    private mutating func countRefusal() {
        let name = "prometheus_registry_refused_total"
        if refused == nil, sampleNames.insert(name).inserted {
            var family = Family(
                name: name,
                help: "Metrics that were asked for and not made, because there were too many or their name was taken.",
                type: .counter,
                maxSeries: 1
            )
            refused = family.claim(Labels([]), make: CounterSeries.init)
            byName[name] = family
        }
        refused?.increment(by: Int64(1))
    }
}
