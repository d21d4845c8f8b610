import Foundation
package import Storage
package import StoragePostgres

/// A PostgreSQL server of one test's own, which may be stopped, frozen and started again; it goes with the test.
package actor OwnPostgresServer {
    /// There where `ATRIUM_TEST_POSTGRES_PROGRAMS` names PostgreSQL's programs, as `scripts/with-postgres` does.
    package static let isAvailable = programs != nil
    private static let programs = ProcessInfo.processInfo.environment["ATRIUM_TEST_POSTGRES_PROGRAMS"]

    private let folder: URL
    private var shell: Process?
    private var commands: FileHandle?

    /// Makes an empty database and starts its server.
    package init() async throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "atrium-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try await start()
    }

    deinit {
        try? commands?.close()
        shell?.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
    }

    /// - Parameter parameters: more of libpq's, as in `connect_timeout=2`.
    package nonisolated func url(_ parameters: String...) throws -> PostgresURL {
        let host = folder.path.replacing("/", with: "%2F")
        return try PostgresURL("postgres://atrium@/postgres?" + (["host=\(host)"] + parameters).joined(separator: "&"))
    }

    package func start() async throws {
        let input = Pipe()
        let shell = Process()
        shell.executableURL = URL(filePath: "/bin/sh")
        shell.arguments = ["-c", Self.script, "sh", folder.path, Self.programs ?? ""]
        shell.standardInput = input
        try shell.run()
        self.shell = shell
        commands = input.fileHandleForWriting
        while try await !answers() {
            guard shell.isRunning else {
                throw StorageError.unavailable("PostgreSQL has not started; see \(folder.path)")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Ends the server as its service manager does: its clients are told and lose their connections.
    package func stop() throws {
        try commands?.close()
        commands = nil
        shell?.waitUntilExit()
        shell = nil
    }

    /// Stops the server and all it has started where they are; nothing is closed.
    package func freeze() throws { try command("STOP") }

    package func thaw() throws { try command("CONT") }

    /// Changes a setting that can be changed while the server runs.
    package func set(_ setting: String) throws {
        let file = try FileHandle(forWritingTo: folder.appending(path: "data/postgresql.conf"))
        try file.seekToEnd()
        try file.write(contentsOf: Data("\(setting)\n".utf8))
        try file.close()
        try command("HUP")
    }

    /// Returns what a statement says, asked on a connection that is gone afterwards.
    package nonisolated func ask(_ sql: SQL) async throws -> Int64? {
        let store = PostgresStore(try url(), readers: 1, writers: 1)
        return try await store.alter { try $0.first(sql) { $0.optionalInteger() } ?? nil }
    }

    private func command(_ signal: String) throws {
        try commands?.write(contentsOf: Data("\(signal)\n".utf8))
    }

    private func answers() async throws -> Bool {
        (try? await ask("SELECT 1")) == 1
    }

    /// Runs the server until standard input ends, which it does with this process at the latest; a line is a signal to send.
    private static let script = """
        set -eu
        owner=
        if [ "$(id -u)" = 0 ]; then
            owner='setpriv --reuid=postgres --regid=postgres --clear-groups'
            chown postgres "$1"
        fi
        exec 3<&0 >>"$1/log" 2>&1
        [ -d "$1/data" ] || $owner "$2/initdb" -D "$1/data" -A trust -U atrium --no-sync -E UTF8 --locale=C
        $owner "$2/postgres" -D "$1/data" -k "$1" -c listen_addresses= -c fsync=off -c full_page_writes=off 3<&- &
        server=$!
        while read -r signal <&3; do
            kill -"$signal" "$server"
            [ "$signal" != HUP ] || continue
            kill -"$signal" $(cat "/proc/$server/task/$server/children" 2>/dev/null || pgrep -P "$server")
        done
        kill -INT "$server"
        wait "$server" || true
        """
}
