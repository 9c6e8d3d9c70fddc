import ArgumentParser
import Registry
import Stitching

struct RunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs", abstract: "Show what has been trained.",
        discussion: "Example:\n  neurostitch runs\n  neurostitch runs show lorenz",
        subcommands: [RunsListCommand.self, RunsShowCommand.self],
        defaultSubcommand: RunsListCommand.self)
}

struct RunsListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List all runs, the first one started coming first.",
        discussion: "Example:\n  neurostitch runs list --json")

    @OptionGroup var options: WorkspaceOptions

    func run() throws {
        let runs = try options.registry().runs()
        guard !options.json else {
            print(try Terminal.json(runs.map(RunSummary.init)))
            return
        }
        guard !runs.isEmpty else {
            print("no run has been started yet; `neurostitch stitch MANIFEST` starts one")
            return
        }
        print(
            Terminal.table(
                ["run", "status", "sessions", "epochs", "best epoch", "seed", "started"],
                runs.map(RunSummary.init).map {
                    [
                        $0.name, $0.status.rawValue, "\($0.sessions)", "\($0.epochs)",
                        $0.bestEpoch.map(String.init) ?? "–", "\($0.seed)", $0.startedAt,
                    ]
                }))
    }
}

struct RunsShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one run: sessions, settings, how training went.",
        discussion: "Example:\n  neurostitch runs show lorenz")

    @Argument(help: ArgumentHelp("Name of the run.", valueName: "run"))
    var runName: String

    @OptionGroup var options: WorkspaceOptions

    func run() throws {
        let registry = try options.registry()
        let details = try RunDetails(
            try registry.run(named: runName), try registry.sessions(ofRun: runName),
            try registry.epochMetrics(ofRun: runName))
        print(options.json ? try Terminal.json(details) : details.text)
    }
}

/// A run in one line. Epochs are counted from 1, as everywhere that people read them.
struct RunSummary: Encodable {
    let name: String
    let status: RunStatus
    let message: String?
    let sessions: Int
    let epochs: Int
    let bestEpoch: Int?
    let seed: Int
    let version: String
    let parent: String?
    let startedAt: String
    let endedAt: String?

    init(_ run: RunRecord) {
        name = run.name
        status = run.status
        message = run.message
        sessions = run.sessionCount
        epochs = (run.lastEpoch ?? -1) + 1
        bestEpoch = run.bestEpoch.map { $0 + 1 }
        seed = run.seed
        version = run.version
        parent = run.parent
        startedAt = run.createdAt
        endedAt = run.finishedAt
    }
}

/// A run with its sessions, settings and metrics of the last and of the best epoch.
struct RunDetails: Encodable {
    struct Session: Encodable {
        let name: String
        let revision: Int
        let date: String
        let units: Int
        let trials: Int
        let contentHash: String
        /// Whether new runs would get another revision.
        let isOutdated: Bool
    }

    /// Under the keys of a stitch manifest.
    struct Settings: Encodable {
        let resolved: StitchSettings

        init(_ resolved: StitchSettings) { self.resolved = resolved }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: SettingKey.self)
            for entry in resolved.topEntries {
                try container.encode(entry.value, forKey: SettingKey(entry.key))
            }
            for section in resolved.sections {
                var entries = container.nestedContainer(
                    keyedBy: SettingKey.self, forKey: SettingKey(section.name))
                for entry in section.entries {
                    try entries.encode(entry.value, forKey: SettingKey(entry.key))
                }
            }
        }

        var lines: [String] {
            resolved.topEntries.map { "\($0.key): \($0.value)" }
                + resolved.sections.flatMap { section in
                    ["\(section.name):"] + section.entries.map { "  \($0.key): \($0.value)" }
                }
        }
    }

    let run: RunSummary
    let sessions: [Session]
    let settings: Settings
    let lastMetrics: [String: Double]?
    let bestMetrics: [String: Double]?

    init(_ record: RunRecord, _ sessions: [SessionRecord], _ metrics: [EpochMetrics]) throws {
        run = RunSummary(record)
        self.sessions = sessions.map {
            Session(
                name: $0.name, revision: $0.revision, date: $0.date, units: $0.unitCount,
                trials: $0.trialCount, contentHash: $0.contentHash, isOutdated: !$0.isCurrent)
        }
        settings = Settings(try StitchSettings(json: record.settingsJSON))
        lastMetrics = metrics.last?.values
        bestMetrics = metrics.first { $0.epoch == record.bestEpoch }?.values
    }

    var text: String {
        var lines = ["run \(run.name): \(run.status.rawValue)" + (run.message.map { ", \($0)" } ?? "")]
        lines.append("started \(run.startedAt)" + (run.endedAt.map { ", ended \($0)" } ?? ""))
        let starts = settings.resolved.restarts
        lines.append(
            "seed \(run.seed)"
                + (starts > 1
                    ? " (the best of \(starts) starts from seed \(settings.resolved.firstSeed))" : "")
                + ", neurostitch \(run.version)")
        let resolved = settings.resolved
        if let parent = run.parent {
            lines.append(
                resolved.startFrom == parent
                    ? "starts from the parameters of run \(parent)" : "extends run \(parent)")
        }
        if let imported = resolved.imported {
            lines.append("parameters from \(imported.file), SHA-256 \(imported.fileHash)")
        }
        if let joined = settings.resolved.joined {
            lines.append(
                "session \(joined.session) joined \(joined.usedLabels ? "by its condition labels" : "without labels"), "
                    + "fitted on \(joined.trainingTrials) training trials and trained for "
                    + "\(joined.epochs) epochs")
        }
        if resolved.imported != nil, run.epochs == 0 {
            lines.append("no epochs: it was not trained here")
        } else {
            lines.append(
                "epochs \(run.epochs) of at most \(resolved.training.epochs)"
                    + (run.bestEpoch.map { ", best epoch \($0)" } ?? ""))
        }
        lines.append("")
        lines.append(
            Terminal.table(
                ["session", "revision", "date", "units", "trials", "content"],
                sessions.map {
                    [
                        $0.name, "\($0.revision)" + ($0.isOutdated ? " (there is a newer one)" : ""),
                        $0.date, "\($0.units)", "\($0.trials)", String($0.contentHash.prefix(12)),
                    ]
                }))
        if let lastMetrics {
            lines.append("")
            lines.append(
                Terminal.table(
                    ["metric", "last epoch", "best epoch"],
                    lastMetrics.keys.sorted().map {
                        [
                            $0, Terminal.number(lastMetrics[$0], 5),
                            Terminal.number(bestMetrics?[$0], 5),
                        ]
                    }))
        }
        lines.append("")
        lines.append("settings, as a stitch manifest says them")
        lines += settings.lines
        return lines.joined(separator: "\n")
    }
}
