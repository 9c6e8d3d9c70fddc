public import Messages

/// What the registry refuses, and what can keep it from working.
public enum RegistryError: ReportedError, Equatable {
    // The file.
    case noRegistry(workspace: String)
    case cannotCreate(path: String, reason: String)
    case notRegistry(path: String)
    /// `unknown` are the schema versions that this program has never heard of.
    case newerSchema(path: String, unknown: [String], latestKnown: String)
    case busy(path: String, seconds: Double)
    case damaged(path: String, detail: String)
    case full(path: String)
    case notWritable(path: String)
    /// Anything else that SQLite reports, in its words.
    case database(path: String, detail: String)

    // Sessions.
    case unsuitableSessionName(String, problem: String)
    case invalidDate(session: String, found: String)
    case emptySubject(session: String)
    /// `what` is text of the recording, such as its subject; `scalar` in hexadecimal digits.
    case controlCharacter(session: String, what: String, found: String, scalar: String)
    case contentDiffers(session: String, revision: Int, registered: String, offered: String)
    case unknownSessions([String], nearest: String?, registered: Int)
    case unknownRevision(session: String, revision: Int, latest: Int)
    case unknownSubject(String, nearest: String?, registered: Int)
    case sessionNeeded(session: String, runs: [String])

    // Runs.
    case unsuitableRunName(String, problem: String)
    case runExists(String, status: RunStatus)
    case unknownRun(String, nearest: [String], registered: Int)
    case runFinished(String, at: String)
    case runWithoutSessions(String)
    case sessionTwiceInRun(run: String, session: String)
    case settingsNotJSON(run: String)
    /// `by` are unfinished runs that start from the parameters of it.
    case runNeeded(String, by: [String])
}

extension RegistryError {
    public var category: ErrorCategory {
        switch self {
        case .noRegistry, .unknownSessions, .unknownRevision, .unknownSubject, .unknownRun: .missingInput
        case .cannotCreate, .notWritable, .full: .cannotCreate
        case .busy: .temporary
        case .database: .inputOutput
        case .sessionNeeded, .runNeeded: .usage
        default: .badData
        }
    }

    public var description: String {
        switch self {
        case .noRegistry(let workspace):
            return "There is no registry in \(workspace). Make one, or name the workspace "
                + "that has one."
        case .cannotCreate(let path, let reason):
            return "\(path) can't be created: \(reason)."
        case .notRegistry(let path):
            return "\(path) is not a registry of neurostitch; it was left untouched."
        case .newerSchema(let path, let unknown, let latestKnown):
            return "\(path) was written by a newer neurostitch (schema \(unknown.joined(separator: ", ")); "
                + "this one knows up to \(latestKnown)). Install that version; nothing was changed."
        case .busy(let path, let seconds):
            return "\(path) was in use by another process for more than \(Self.whole(seconds)) s. "
                + "Wait for it to end and try again."
        case .damaged(let path, let detail):
            return "\(path) is damaged (\(detail)). Restore it from a backup, or make a new workspace "
                + "and register the recordings again."
        case .full(let path):
            return "There is no space left on the disk for \(path); nothing was changed."
        case .notWritable(let path):
            return "\(path) can't be opened for writing; check the permissions of it and its folder."
        case .database(let path, let detail):
            return "The registry \(path) reports: \(detail)."

        case .unsuitableSessionName(let name, let problem):
            return "A session can't be named \"\(name)\": \(problem)."
        case .invalidDate(let session, let found):
            return "The date of session \"\(session)\" should be a day of the calendar written as "
                + "YYYY-MM-DD, but is \"\(found)\"."
        case .emptySubject(let session):
            return "Session \"\(session)\" has no subject; name the animal or the participant."
        case .controlCharacter(let session, let what, let found, let scalar):
            return "The \(what) of session \"\(session)\" holds the control character U+\(scalar): "
                + "\"\(found)\". Such text would garble every table; correct it in the file, or give another "
                + "in the manifest."
        case .contentDiffers(let session, let revision, let registered, let offered):
            return "Session \"\(session)\" is registered with other content (revision \(revision), "
                + "\(Self.short(registered))) than is offered now (\(Self.short(offered))). "
                + "Register it as revision \(revision + 1) to keep both, or choose another name."
        case .unknownSessions(let names, let nearest, let registered):
            let list = names.map { "\"\($0)\"" }.joined(separator: ", ")
            let subject = names.count == 1 ? "Session \(list) is" : "Sessions \(list) are"
            return "\(subject) not among the \(registered) registered\(Self.question(nearest))"
        case .unknownRevision(let session, let revision, let latest):
            return "Session \"\(session)\" has no revision \(revision); its latest is \(latest)."
        case .unknownSubject(let name, let nearest, let registered):
            return "Subject \"\(name)\" is not among the \(registered) registered\(Self.question(nearest))"

        case .sessionNeeded(let session, let runs):
            let list = runs.prefix(5).map { "\"\($0)\"" }.joined(separator: ", ")
            let rest = runs.count > 5 ? " and \(runs.count - 5) more" : ""
            return "Session \"\(session)\" is needed by \(runs.count == 1 ? "run" : "runs") \(list)\(rest), "
                + "which could no longer be asked about it. Delete \(runs.count == 1 ? "that run" : "these runs") "
                + "first; nothing was removed."

        case .unsuitableRunName(let name, let problem):
            return "A run can't be named \"\(name)\": \(problem)."
        case .runExists(let name, let status):
            return "There is a run \"\(name)\" already (\(status.rawValue)). Choose another name"
                + (status == .finished ? "." : ", or resume this one.")
        case .unknownRun(let name, let nearest, let registered):
            if registered == 0 { return "There is no run \"\(name)\": no run has been started yet." }
            let list = nearest.map { "\"\($0)\"" }.joined(separator: ", ")
            return "There is no run \"\(name)\" among the \(registered) there are; nearest: \(list)."
        case .runFinished(let name, let time):
            return "Run \"\(name)\" finished at \(time); there is nothing left to resume. "
                + "Start a run under another name."
        case .runWithoutSessions(let name):
            return "Run \"\(name)\" has no sessions; a run needs at least one."
        case .sessionTwiceInRun(let run, let session):
            return "Run \"\(run)\" names session \"\(session)\" more than once; keep one."
        case .settingsNotJSON(let run):
            return "The settings of run \"\(run)\" are not valid JSON."
        case .runNeeded(let name, let runs):
            let list = runs.map { "\"\($0)\"" }.joined(separator: ", ")
            return
                "Run \"\(name)\" is needed by \(list), which \(runs.count == 1 ? "starts" : "start") from its "
                + "parameters and \(runs.count == 1 ? "is" : "are") not finished. Finish or delete "
                + "\(runs.count == 1 ? "that one" : "these") first; nothing was changed."
        }
    }

    /// As much of a hash as a person compares.
    private static func short(_ hash: String) -> String { String(hash.prefix(12)) }

    private static func question(_ nearest: String?) -> String {
        nearest.map { "; did you mean \"\($0)\"?" } ?? "."
    }

    private static func whole(_ seconds: Double) -> String {
        seconds == seconds.rounded() ? "\(Int(seconds))" : "\(seconds)"
    }
}
