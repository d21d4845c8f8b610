import Domain
import HTTPSurface
import JSON

extension JSONValue {
    /// The value as pydantic reads a point in time: an ISO text, UTC where it has no offset, or a Unix time as a number or a
    /// text that spells one (honcho.md 6.1).
    var asLaxInstant: Result<Instant, LaxFault> {
        switch kind {
        case .string:
            let text = stringValue ?? ""
            if let instant = Instant(parsing: text), Instant.fourDigitYears.contains(instant) {
                return .success(instant)
            }
            guard isNumeric(text), let number = Double(text) else { return .failure(LaxFault(kind: .unreadableTime)) }
            return Self.instant(ofUnixTime: number)
        case .number:
            // What is beyond a double is beyond the calendar.
            return Self.instant(
                ofUnixTime: doubleValue ?? (numberText?.hasPrefix("-") ?? false ? -.infinity : .infinity)
            )
        case .null, .bool, .array, .object: return .failure(LaxFault(kind: .notATime))
        }
    }

    /// Up to this many are seconds, in either direction; more are milliseconds.
    private static let mostSeconds = 2e10

    private static func instant(ofUnixTime number: Double) -> Result<Instant, LaxFault> {
        let seconds = number.magnitude > mostSeconds ? number / 1000 : number
        guard let micros = Int64(exactly: (seconds * 1e6).rounded()) else {
            return .failure(LaxFault(kind: .timestampOutOfRange(isAfter: number > 0)))
        }
        let instant = Instant(microsecondsSinceEpoch: micros)
        guard Instant.fourDigitYears.contains(instant) else {
            return .failure(LaxFault(kind: .timestampOutOfRange(isAfter: number > 0)))
        }
        return .success(instant)
    }
}
