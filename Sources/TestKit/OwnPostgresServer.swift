import Foundation
package import Storage
package import StoragePostgres

/// A PostgreSQL server of one test's own, which may be stopped, frozen and started again; it goes with the test.
package actor OwnPostgresServer {
    /// There where `ATRIUM_TEST_POSTGRES_PROGRAMS` names PostgreSQL's programs, as `scripts/with-postgres` does.
    package static let isAvailable = programs != nil
    private static let programs = ProcessInfo.processInfo.environment["ATRIUM_TEST_POSTGRES_PROGRAMS"]

    private let folder: URL
    private var commands: FileHandle?

    /// Makes an empty database and starts its server.
    package init() async throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "atrium-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try await start()
    }

    deinit {
        try? commands?.write(contentsOf: Data("end\n".utf8))
        if commands == nil { try? FileManager.default.removeItem(at: folder) }
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
        commands = input.fileHandleForWriting
        while try await !answers() {
            guard shell.isRunning else {
                commands = nil
                let log = try? String(contentsOf: folder.appending(path: "log"), encoding: .utf8)
                throw StorageError.unavailable("PostgreSQL has not started: \(log ?? "")")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Ends the server as its service manager does: its clients are told and lose their connections.
    package func stop() async throws {
        try command("stop")
        commands = nil
        // Not by waiting for the shell, which would take one of the few threads that all tests share.
        let sign = folder.appending(path: "data/postmaster.pid").path
        while FileManager.default.fileExists(atPath: sign) { try await Task.sleep(for: .milliseconds(10)) }
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

    /// Runs the server until it is told to stop, or to end and leave nothing.
    ///
    /// Another line is a signal to send. Where standard input ends, so has the process that started it.
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
        while read -r command <&3 || command=end; do
            case $command in stop|end) break ;; esac
            kill -"$command" "$server"
            [ "$command" != HUP ] || continue
            kill -"$command" $(cat "/proc/$server/task/$server/children" 2>/dev/null || pgrep -P "$server")
        done
        kill -INT "$server"
        wait "$server" || true
        [ "$command" = stop ] || rm -rf "$1"
        """
}
