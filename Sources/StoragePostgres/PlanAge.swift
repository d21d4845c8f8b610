/// Tells when a connection's plans are to be made anew.
///
/// A plan is kept for as long as its statement, but it was made for the tables as they were: for an empty table one index is
/// as good as another. The server looks again when it has analyzed the table, which may take a minute, in which a new
/// database grows from nothing to a hundred thousand rows. Making plans anew costs a millisecond.
struct PlanAge {
    private static let longestLife = Duration.seconds(10)

    private var executions = 0
    private var dueAt = 64
    private var dueTime = ContinuousClock.now + longestLife

    /// Counts a statement; returns whether plans are due: after 64 statements, 256, 1024 and so on, and every ten seconds.
    mutating func isDue() -> Bool {
        executions += 1
        if executions >= dueAt {
            dueAt *= 4
            return true
        }
        guard executions % 16 == 0, dueTime <= .now else { return false }
        dueTime = .now + Self.longestLife
        return true
    }
}
