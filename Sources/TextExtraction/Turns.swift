internal import Synchronization

/// Lets a fixed number of tasks do something at a time; others wait in the order in which they came.
final class Turns: Sendable {
    private struct State {
        var free: Int
        var waiting: [Waiting] = []
        var lastNumber = 0
    }

    private struct Waiting {
        let number: Int
        let turn: CheckedContinuation<Void, any Error>
    }

    private let state: Mutex<State>

    init(_ count: Int) {
        state = Mutex(State(free: count))
    }

    /// Waits for a turn and does something in it.
    /// - Throws: `CancellationError` if the task is cancelled before its turn; whatever `body` throws.
    func take<Result>(_ body: () async throws -> Result) async throws -> Result {
        try await begin()
        defer { end() }
        return try await body()
    }

    private func begin() async throws {
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { turn in
                self.ask(Waiting(number: number, turn: turn))
            }
        } onCancel: {
            leave(number)
        }
    }

    private func ask(_ waiting: Waiting) {
        let answer: Result<Void, any Error>? = state.withLock { state in
            // Whoever is cancelled from here on finds the entry that is made here, and leaves by it.
            if Task.isCancelled { return .failure(CancellationError()) }
            guard state.free == 0 else {
                state.free -= 1
                return .success(())
            }
            state.waiting.append(waiting)
            return nil
        }
        if let answer { waiting.turn.resume(with: answer) }
    }

    private func leave(_ number: Int) {
        let leaving = state.withLock { state in
            state.waiting.firstIndex { $0.number == number }.map { state.waiting.remove(at: $0) }
        }
        leaving?.turn.resume(throwing: CancellationError())
    }

    private func end() {
        let next: Waiting? = state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.free += 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.turn.resume()
    }
}
