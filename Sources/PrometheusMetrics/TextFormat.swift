/// Returns a metric name made of ASCII letters, digits and `_`, with the suffix once.
///
/// A colon is legal too, but belongs to the recording rules of whoever runs Prometheus.
package func metricName(_ label: String, suffix: String) -> String {
    let name = sanitised(label)
    return name.hasSuffix(suffix) ? name : name + suffix
}

/// Returns a label name made of ASCII letters, digits and `_` that does not begin with `__`, which is Prometheus' own.
package func labelName(_ name: String) -> String {
    let name = sanitised(name)
    return name.hasPrefix("__") ? "_\(name.drop { $0 == "_" })" : name
}

private func sanitised(_ name: String) -> String {
    let legal = String(name.unicodeScalars.map { isLegal($0) ? Character($0) : "_" })
    guard let first = legal.first else { return "_" }
    return first.isNumber ? "_\(legal)" : legal
}

private func isLegal(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "_": true
    default: false
    }
}

/// Returns the value as it stands between the quotes of a label.
func escapedLabelValue(_ value: String) -> String {
    escaped(value, quotes: true)
}

/// Returns the text as it stands on a `# HELP` line.
func escapedHelp(_ text: String) -> String {
    escaped(text, quotes: false)
}

/// Goes by scalars: as characters, a carriage return and the line feed after it would be one, and slip through.
private func escaped(_ text: String, quotes: Bool) -> String {
    var escaped = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\\": escaped.append(contentsOf: #"\\"#.unicodeScalars)
        case "\n": escaped.append(contentsOf: #"\n"#.unicodeScalars)
        case "\"" where quotes: escaped.append(contentsOf: #"\""#.unicodeScalars)
        default: escaped.append(scalar)
        }
    }
    return String(escaped)
}

/// Returns a number as Prometheus reads it: whole ones without a fraction, infinities with a sign.
package func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    let text = value.description
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}
