import Domain
import JSON

/// The columns that a filter's fields stand for in one list.
struct FilterColumns {
    let slug: SQL
    let workspaceSlug: SQL
    let createdAt: SQL
    let metadata: SQL
}

extension Filter {
    /// The condition as SQL, every value bound.
    func sql(_ columns: FilterColumns, _ engine: Engine) -> SQL {
        switch self {
        case .all: "1 = 1"
        case .none: "1 = 0"
        case .unknown: "CAST(NULL AS INTEGER) = 1"
        case .and(let parts): parts.isEmpty ? "1 = 1" : .joined(parts.map { $0.sql(columns, engine) }, by: "AND")
        case .or(let parts): parts.isEmpty ? "1 = 0" : .joined(parts.map { $0.sql(columns, engine) }, by: "OR")
        case .not(let part): "NOT (\(part.sql(columns, engine)))"
        case .text(let field, let test): test.sql(field == .slug ? columns.slug : columns.workspaceSlug, engine)
        case .time(.createdAt, let test): test.sql(columns.createdAt)
        case .metadataContains(let document): .jsonContains(columns.metadata, document.text, engine)
        case .metadata(let key, let test): test.sql(.jsonText(columns.metadata, key: key, engine), engine)
        }
    }
}

extension Filter.TextTest {
    fileprivate func sql(_ column: SQL, _ engine: Engine) -> SQL {
        switch self {
        case .equals(let text): "\(column) = \(text)"
        case .differs(let text): "\(column) <> \(text)"
        case .isIn(let texts): "\(column) IN (\(each: texts))"
        case .contains(let text): .contains(column, text, engine)
        }
    }
}

extension Filter.TimeTest {
    fileprivate func sql(_ column: SQL) -> SQL {
        switch self {
        case .compares(let ordering, let instant): "\(column) \(ordering.sql) \(instant)"
        case .equals(let instant): "\(column) = \(instant)"
        case .isIn(let instants): "\(column) IN (\(each: instants))"
        }
    }
}

extension Filter.MetadataTest {
    fileprivate func sql(_ text: SQL, _ engine: Engine) -> SQL {
        switch self {
        case .number(let ordering, let operand): .comparesNumber(text, ordering.sql, operand, engine)
        case .text(let ordering, let operand): "(\(text)) \(.byCodePoint(engine)) \(ordering.sql) \(operand)"
        case .isIn(let texts): "(\(text)) IN (\(each: texts))"
        case .contains(let part): .contains(text, part, engine)
        }
    }
}

extension Filter.Ordering {
    fileprivate var sql: SQL {
        switch self {
        case .less: "<"
        case .lessOrEqual: "<="
        case .greater: ">"
        case .greaterOrEqual: ">="
        case .notEqual: "<>"
        }
    }
}

extension SQL {
    /// Substring, ignoring case in any script; `%` and `_` mean themselves.
    static func contains(_ text: SQL, _ part: String, _ engine: Engine) -> SQL {
        "\(.position(engine))(\(.lower(engine))(\(text)), \(.lower(engine))(\(part))) > 0"
    }
}
