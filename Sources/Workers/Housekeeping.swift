package import Core
package import Logging

extension PeriodicService {
    /// Removes for good what was deleted longer ago than the retention, a batch at a time so that writers get their turn.
    package static func purge(_ operations: Operations, retentionInDays days: Int, logger: Logger) -> PeriodicService {
        PeriodicService("purge", every: .seconds(3600), logger: logger) {
            var removed = 0
            while !Task.isCancelled {
                let count = try await operations.purge(retentionInDays: days, limit: 500)
                guard count > 0 else { break }
                removed += count
            }
            if removed > 0 { logger.info("Purged deleted rows", metadata: ["rows": "\(removed)"]) }
        }
    }

    /// Stores when API keys were last used, so that a request does not have to write.
    package static func keyUses(_ authenticator: Authenticator, logger: Logger) -> PeriodicService {
        PeriodicService("key-uses", every: .seconds(15), logger: logger) {
            try await authenticator.storeUses()
        }
    }
}
