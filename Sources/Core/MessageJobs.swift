import Domain
import JSON
import Storage

/// The work that messages bring about, by the rules of honcho.md 6.2.
///
/// Each message and observer is a job of its own, and all of a pair of peers in a session are one group, so that they are done
/// in the order of the messages.
struct MessageJobs {
    private let appended: AppendedMessages
    private let target: MessageTarget
    private let configuration: MemoryConfiguration

    /// - Parameter defaults: what holds where neither the workspace nor the session nor the message says anything.
    init(_ appended: AppendedMessages, of target: MessageTarget, _ defaults: MemoryConfiguration) {
        self.appended = appended
        self.target = target
        configuration = defaults.overridden(by: appended.workspaceConfiguration)
            .overridden(by: appended.sessionConfiguration)
    }

    /// - Parameter configurations: the messages' own, in their order.
    func drafts(for configurations: [RawJSON?]) -> [JobDraft] {
        zip(appended.messages, configurations).flatMap { message, document in
            summaryJobs(message) + representationJobs(message, configuration.overridden(by: document))
        }
    }

    /// A message has no say in whether it is summed up.
    private func summaryJobs(_ message: Message) -> [JobDraft] {
        let kinds = configuration.summaries(dueAt: message.sequence)
        guard !kinds.isEmpty else { return [] }
        let payload = payload(of: message) { writer in
            writer.member("summaries") { $0.array(kinds) { $0.value($1.rawValue) } }
        }
        return [draft(.summary, "summary:\(target.sessionNumber)", payload)]
    }

    private func representationJobs(_ message: Message, _ configuration: MemoryConfiguration) -> [JobDraft] {
        let author = message.peerSlug
        guard configuration.isReasoningEnabled, !appended.unobserved.contains(author) else { return [] }
        let payload = payload(of: message) { _ in }
        return ([author] + appended.observers.filter { $0 != author }).map { observer in
            let group = "representation:\(target.sessionNumber):\(observer):\(author)"
            var draft = draft(.representation, group, payload)
            draft.observer = observer
            draft.observed = author
            return draft
        }
    }

    private func draft(_ kind: JobKind, _ group: String, _ payload: RawJSON) -> JobDraft {
        JobDraft(
            kind,
            group: group,
            workspaceNumber: target.workspace.number,
            sessionNumber: target.sessionNumber,
            payload: payload
        )
    }

    private func payload(of message: Message, _ rest: (inout JSONWriter) -> Void) -> RawJSON {
        var writer = JSONWriter(capacity: 96)
        writer.object { writer in
            writer.member("message_id", message.id)
            writer.member("sequence", message.sequence)
            rest(&writer)
        }
        return writer.raw
    }
}
