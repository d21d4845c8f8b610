import Core
import HTTPSurface
import Hummingbird
package import Logging
import Metrics
import NIOCore
import PrometheusMetrics
import ServiceLifecycle
import Storage
import UnixSignals
import Workers

/// A server with everything wired together, ready to run.
package struct AtriumServer: Sendable {
    private let settings: Settings
    private let store: any Store
    private let operations: Operations
    private let authenticator: Authenticator
    private let frontDoor: FrontDoor
    private let logger: Logger

    /// Opens the store, brings its schema up to date and wires the rooms together.
    ///
    /// - Throws: ``SettingsError`` or ``StorageError``.
    package init(_ settings: Settings, logger: Logger) async throws {
        try settings.validate()
        self.settings = settings
        self.logger = logger
        let registry = PrometheusRegistry()
        MetricsSystem.bootstrap(registry)
        store = try settings.openStore()
        try await store.migrate()
        operations = Operations(store: store, environment: .live(), plans: settings.plans)
        try await operations.setUp()
        if let secret = settings.tokenSecret, secret.utf8.count < 32 {
            logger.warning("AUTH_JWT_SECRET is short; use 32 random bytes or more")
        }
        let tokens: HonchoTokens?
        if let secret = settings.tokenSecret { tokens = await HonchoTokens(secret: secret) } else { tokens = nil }
        let mode: Authenticator.Mode = settings.isAuthenticationOn ? .on : .off(try await operations.localOwner())
        authenticator = Authenticator(mode: mode, operations: operations, tokens: tokens)
        frontDoor = makeFrontDoor(
            operations: operations,
            authenticator: authenticator,
            tokens: tokens,
            registry: registry
        )
    }

    /// Serves until SIGTERM or SIGINT, then lets the requests under way finish.
    ///
    /// - Parameter onListening: called with the port once requests are answered.
    package func run(onListening: @escaping @Sendable (Int) async -> Void) async throws {
        let application = Application(
            responder: frontDoor,
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [
                        ConnectionGuard(maxDrainedBytes: 4 * IncomingRequest.maxBodyBytes)
                    ],
                    idleTimeout: .seconds(75)
                )
            ),
            configuration: .init(address: .hostname(settings.host, port: settings.port), serverName: nil),
            onServerRunning: { channel in await onListening(channel.localAddress?.port ?? settings.port) },
            logger: logger
        )
        var configuration = ServiceGroupConfiguration(
            services: [
                .init(
                    service: PeriodicService.purge(
                        operations,
                        retentionInDays: settings.retentionInDays,
                        logger: logger
                    )
                ),
                .init(service: PeriodicService.keyUses(authenticator, logger: logger)),
                // The last to start is the first to stop: uses of keys are stored after the last request.
                .init(service: application),
            ],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        configuration.maximumGracefulShutdownDuration = .seconds(30)
        try await ServiceGroup(configuration: configuration).run()
        await store.close()
    }
}
