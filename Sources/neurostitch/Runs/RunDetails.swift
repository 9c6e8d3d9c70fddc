import Registry
import Stitching

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
        /// Whether it was removed although the run was trained on it.
        let isRemoved: Bool
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

    /// - Parameter registered: names of the sessions that are registered now.
    init(
        _ record: RunRecord, _ sessions: [SessionRecord], _ metrics: [EpochMetrics], registered: Set<String>
    ) throws {
        run = RunSummary(record)
        self.sessions = sessions.map {
            Session(
                name: $0.name, revision: $0.revision, date: $0.date, units: $0.unitCount,
                trials: $0.trialCount, contentHash: $0.contentHash,
                isOutdated: !$0.isCurrent && registered.contains($0.name),
                isRemoved: !registered.contains($0.name))
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
        if let searched = resolved.searched {
            let changes = searched.course.count - 1
            lines.append(
                "found by a search: member \(searched.course.last?.member ?? 1) of \(searched.members) after "
                    + "\(searched.generations) generations"
                    + (changes > 0
                        ? ", with settings that changed \(changes == 1 ? "once" : "\(changes) times") on the way"
                        : ""))
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
                        $0.name,
                        "\($0.revision)"
                            + ($0.isRemoved ? " (removed)" : $0.isOutdated ? " (there is a newer one)" : ""),
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
