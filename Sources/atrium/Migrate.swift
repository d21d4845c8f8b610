import ArgumentParser
import JSON
import Server
import Storage

struct Migrate: Command {
    static let configuration = CommandConfiguration(
        abstract: "Bring the database's schema up to date.",
        discussion: """
            The server does the same when it starts; doing it before keeps the start short. Running it twice is harmless.

            Example:
              atrium migrate --data /var/lib/atrium

            \(exitCodes)
            """
    )

    @OptionGroup var common: CommonOptions

    func perform(_ settings: Settings) async throws -> Report {
        let store = try settings.openStore()
        let versions = try await store.migrate()
        await store.close()
        let text =
            versions.from == versions.to
            ? "\(settings.storeDescription) is up to date, at schema version \(versions.to)"
            : "\(settings.storeDescription) went from schema version \(versions.from) to \(versions.to)"
        return Report(text) { writer in
            writer.object { writer in
                writer.member("from", versions.from)
                writer.member("to", versions.to)
            }
        }
    }
}
