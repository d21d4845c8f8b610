import Domain
import JSON

/// The comparison keys of Honcho's filter language (honcho.md 3.3).
enum Comparison: String, CaseIterable {
    case greaterOrEqual = "gte"
    case lessOrEqual = "lte"
    case greater = "gt"
    case less = "lt"
    case differs = "ne"
    case isIn = "in"
    case contains
    case icontains

    /// The ordering that the key asks for; `nil` for lists and substrings.
    var ordering: Filter.Ordering? {
        switch self {
        case .greaterOrEqual: .greaterOrEqual
        case .lessOrEqual: .lessOrEqual
        case .greater: .greater
        case .less: .less
        case .differs: .notEqual
        case .isIn, .contains, .icontains: nil
        }
    }

    /// Whether the object compares rather than being a value itself.
    static func compares(_ object: JSONValue) -> Bool {
        object.kind == .object && object.members.contains { Comparison(rawValue: $0.key) != nil }
    }

    typealias Reader = (Comparison, JSONValue, inout FilterBudget) throws(DomainError) -> Filter

    /// Reads an object of comparisons, all of which must hold; one with the operand `"*"` always does.
    static func all(
        in object: JSONValue,
        of column: String,
        _ budget: inout FilterBudget,
        _ read: Reader
    ) throws(DomainError) -> Filter {
        let members = object.members
        guard !members.isEmpty else { throw .filter("Invalid value for '\(column)': {}. Expected a comparison") }
        var parts: [Filter] = []
        for member in members {
            guard let comparison = Comparison(rawValue: member.key) else {
                throw .filter("Unsupported comparison operator: \(member.key.shortened)")
            }
            try budget.spendCondition()
            if !member.value.isWildcard { parts.append(try read(comparison, member.value, &budget)) }
        }
        return .allOf(parts)
    }
}

/// A column that filters can name, and what its comparisons mean.
protocol FilterColumn {
    var name: String { get }

    /// The condition of a bare scalar.
    func equals(_ value: JSONValue) throws(DomainError) -> Filter

    /// The condition of a comparison key with its operand, which is not `"*"`.
    func condition(
        _ comparison: Comparison,
        _ operand: JSONValue,
        _ budget: inout FilterBudget
    ) throws(DomainError) -> Filter
}

extension FilterColumn {
    /// The condition of `in`: a list with `"*"` in it lifts the restriction, a null in it is equal to nothing.
    func membership(
        _ list: JSONValue,
        _ budget: inout FilterBudget,
        _ test: ([JSONValue]) throws(DomainError) -> Filter
    ) throws(DomainError) -> Filter {
        let elements = try list.listed(&budget)
        if elements.contains(where: \.isWildcard) { return .all }
        let values = elements.filter { !$0.isNull }
        let found = values.isEmpty ? .none : try test(values)
        return values.count == elements.count ? found : .or([found, .unknown])
    }
}

/// An id: compared for equality and by its parts, never by order.
struct TextColumn: FilterColumn {
    let name: String
    let field: Filter.TextField

    func equals(_ value: JSONValue) throws(DomainError) -> Filter {
        guard let text = value.stringValue else { throw mismatch(value) }
        return .text(field, .equals(text))
    }

    func condition(
        _ comparison: Comparison,
        _ operand: JSONValue,
        _ budget: inout FilterBudget
    ) throws(DomainError) -> Filter {
        switch comparison {
        case .differs:
            guard !operand.isNull, !operand.isContainer else { throw .notANumber(operand) }
            guard let text = operand.stringValue else { throw mismatch(operand) }
            return .text(field, .differs(text))
        case .isIn:
            return try membership(operand, &budget) { values throws(DomainError) in
                var texts: [String] = []
                for value in values {
                    guard let text = value.stringValue else { throw mismatch(value) }
                    texts.append(text)
                }
                return .text(field, .isIn(texts))
            }
        case .contains, .icontains: return .text(field, .contains(try operand.substring(comparison)))
        case .greaterOrEqual, .lessOrEqual, .greater, .less:
            guard operand.spellsNumber else { throw .notANumber(operand) }
            throw .unsupported(comparison, on: name)
        }
    }

    private func mismatch(_ value: JSONValue) -> DomainError {
        .filter("Invalid value for '\(name)': \(value.pythonText). Expected a string, got \(value.pythonType)")
    }
}

/// A point in time: compared by order; a bare one is no condition (honcho.md 3.3).
struct TimeColumn: FilterColumn {
    let name: String
    let field: Filter.TimeField

    func equals(_ value: JSONValue) throws(DomainError) -> Filter {
        throw .filter("Invalid value for '\(name)': \(value.pythonText). Use gte and lte to compare datetimes")
    }

    func condition(
        _ comparison: Comparison,
        _ operand: JSONValue,
        _ budget: inout FilterBudget
    ) throws(DomainError) -> Filter {
        if let ordering = comparison.ordering { return .time(field, .compares(ordering, try instant(operand))) }
        guard comparison == .isIn else { return .time(field, .equals(try instant(operand))) }
        return try membership(operand, &budget) { values throws(DomainError) in
            var instants: [Instant] = []
            for value in values { instants.append(try instant(value)) }
            return .time(field, .isIn(instants))
        }
    }

    private func instant(_ value: JSONValue) throws(DomainError) -> Instant {
        guard let instant = value.stringValue.flatMap(Instant.init(parsing:)) else {
            throw .filter("Invalid datetime value: \(value.pythonText)")
        }
        return instant
    }
}
