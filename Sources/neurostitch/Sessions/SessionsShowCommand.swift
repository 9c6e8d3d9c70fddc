import ArgumentParser
import Registry

struct SessionsShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show one session: units, conditions, where it came from, revisions.",
        discussion: "Example:\n  neurostitch sessions show jango-2016-06-26")

    @Argument(help: "Name of the session.")
    var session: String

    @Option(name: .long, help: "Revision; the current one if left out.")
    var revision: Int?

    @OptionGroup var options: WorkspaceOptions

    func run() throws {
        let registry = try options.registry()
        let record = try registry.session(named: session, revision: revision)
        let details = SessionDetails(
            session: record, units: try registry.units(of: record),
            conditions: SessionDetails.conditions(try registry.trials(of: record)),
            provenance: try registry.provenance(of: record),
            revisions: try registry.revisions(ofSession: session).map {
                SessionDetails.Revision(
                    revision: $0.revision, isCurrent: $0.isCurrent, registeredAt: $0.registeredAt,
                    file: $0.file, contentHash: $0.contentHash, fileHash: $0.fileHash)
            })
        print(options.json ? try Terminal.json(details) : details.text)
    }
}

struct SessionDetails: Encodable {
    /// Trials of one condition; `nil` for those without a label.
    struct Condition: Encodable {
        let condition: String?
        var train = 0
        var valid = 0
        var test = 0
    }

    struct Revision: Encodable {
        let revision: Int
        let isCurrent: Bool
        let registeredAt: String
        let file: String
        let contentHash: String
        let fileHash: String
    }

    let session: SessionRecord
    let units: [UnitRecord]
    let conditions: [Condition]
    let provenance: [String: String]
    let revisions: [Revision]

    /// In the order of their first trials, those without a label last.
    static func conditions(_ trials: [TrialRecord]) -> [Condition] {
        var conditions: [Condition] = []
        for trial in trials {
            var place = conditions.firstIndex { $0.condition == trial.condition }
            if place == nil {
                place = conditions.count
                conditions.append(Condition(condition: trial.condition))
            }
            guard let place else { continue }
            switch trial.split {
            case .train: conditions[place].train += 1
            case .valid: conditions[place].valid += 1
            case .test: conditions[place].test += 1
            }
        }
        return conditions.filter { $0.condition != nil } + conditions.filter { $0.condition == nil }
    }

    var text: String {
        let hasTest = session.testTrialCount > 0
        var lines = [
            "session \(session.name), revision \(session.revision)"
                + (session.isCurrent ? "" : " (there is a newer one)"),
            "subject \(session.subject), date \(session.date)"
                + (session.array.map { ", array \($0)" } ?? ""),
            "\(session.trialCount) trials\(hasTest ? ", \(session.testTrialCount) for the test," : "") of "
                + "\(session.binCount) bins of "
                + "\(Terminal.plain(session.binMilliseconds)) ms ("
                + "\(session.encodedBinCount) encoded), \(session.signal.rawValue)",
            "",
            Terminal.table(
                ["unit", "rate Hz", "use"],
                units.map {
                    [
                        $0.name, Terminal.number($0.meanRateHz, 2),
                        $0.isHeldOut ? "held out" : "encoded",
                    ]
                }),
            "",
            Terminal.table(
                ["condition", "train", "valid"] + (hasTest ? ["test"] : []),
                conditions.map {
                    [$0.condition ?? "(no label)", "\($0.train)", "\($0.valid)"]
                        + (hasTest ? ["\($0.test)"] : [])
                }),
            "",
        ]
        lines += provenance.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        lines.append("")
        lines.append(
            Terminal.table(
                ["revision", "registered", "file", "content"],
                revisions.map {
                    [
                        "\($0.revision)", $0.registeredAt, $0.file, String($0.contentHash.prefix(12)),
                    ]
                }))
        lines.append("content sha256 \(session.contentHash)")
        lines.append("file sha256 \(session.fileHash)")
        return lines.joined(separator: "\n")
    }
}
