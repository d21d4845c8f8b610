package import Core
import DialectActiveloop
import DialectEightyEightAgents
import DialectHoncho
import DialectPolyteia
import Domain
package import HTTPSurface
package import PrometheusMetrics

/// The APIs of this server, over one set of operations; the only place that knows every dialect.
package func makeFrontDoor(
    operations: Operations,
    authenticator: Authenticator,
    tokens: HonchoTokens?,
    registry: PrometheusRegistry
) -> FrontDoor {
    let dialects: [any Dialect] = [
        Honcho(version: .v3, operations: operations, authenticator: authenticator, tokens: tokens),
        Honcho(version: .v2, operations: operations, authenticator: authenticator, tokens: tokens),
        Polyteia(operations: operations),
        Activeloop(operations: operations),
        EightyEightAgents(operations: operations),
    ]
    // Both versions of Honcho are described by one document.
    let documents = dialects.map { (name: $0.name == "honcho-v2" ? "honcho" : $0.name, bytes: $0.openAPI) }
        .filter { $0.name != "honcho-v3" }
    let system = SystemRoutes(
        documents: Dictionary(uniqueKeysWithValues: documents.map { ($0.name, $0.bytes) }),
        registry: registry,
        isReady: operations.isReady
    )
    return FrontDoor(dialects + [system]) { try await authenticator.caller(for: $0) }
}
