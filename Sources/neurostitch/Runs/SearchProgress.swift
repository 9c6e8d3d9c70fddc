import Foundation
import Registry
import Search
import Stitching

/// Shows a search while it goes on, and what came of it.
struct SearchProgress {
    private let quiet: Bool
    private var names: [String] = []
    private var epochs = 0
    private var best: Double?

    init(quiet: Bool) { self.quiet = quiet }

    /// Ends the progress line, whatever comes next: the summary or an error.
    func leaving<Value>(_ body: () throws -> Value) rethrows -> Value {
        defer { if !quiet { Terminal.endProgress() } }
        return try body()
    }

    mutating func show(_ event: SearchJourney.Event) {
        switch event {
        case .prepared(let settings, let sessions, let plan, let bytes):
            names = plan.space.map(\.name)
            epochs = settings.training.epochs
            guard !quiet else { return }
            print(
                "search \(plan.method.rawValue): \(sessions.count) sessions, \(plan.members) members, "
                    + "\(plan.generations) generations of \(epochs) epochs, \(plan.space.count) settings, seed "
                    + "\(settings.seed); members' files take at most \(max(bytes / 1_000_000, 1)) MB until it is done"
            )
        case .settingsFromData(let chosen): if !quiet { print(SettingsFromDataTable.text(chosen)) }
        case .ranks(let strength): RanksText.show(strength, quiet: quiet)
        case .aligned(let alignment):
            if !quiet { print(AlignmentTable.text(alignment)) }
            for warning in alignment.warnings { Terminal.printError("warning: \(warning)") }
        case .resumed(let generations): if !quiet { print("resumed after generation \(generations)") }
        case .member(let member, let generation, let done, let count):
            if let problem = member.problem {
                if !quiet { Terminal.endProgress() }
                Terminal.printError("warning: member \(member.number), generation \(generation): \(problem)")
            }
            guard !quiet else { return }
            best = [best, member.objective].compactMap(\.self).max()
            Terminal.progress(
                "generation \(generation): \(done) of \(count) members, best \(Terminal.number(best, 4))",
                isMilestone: false)
        case .generation(let generation, let next, let left):
            guard !quiet else { return }
            Terminal.endProgress()
            print(table(generation, next))
            if !next.isEmpty {
                print(
                    "generation \(generation.number), epoch \(generation.epochs) of \(epochs); \(next.count) members "
                        + "go on, \(Terminal.duration(left)) left")
            }
        }
    }

    /// Members, the best one first, and what becomes of them.
    private func table(_ generation: SearchGeneration, _ next: [SearchMember]) -> String {
        let rows = generation.ranked.map { member -> [String] in
            let fate = next.first { $0.number == member.number }
            let word =
                switch fate?.origin {
                case .copied: "copies \(fate?.parent ?? 0)"
                case .continued, .begun: "goes on"
                case nil: next.isEmpty ? "" : "ends"
                }
            return [
                "\(member.number)", Terminal.number(member.objective, 5), Terminal.number(member.agreement),
            ]
                + names.map { member.values[$0]?.description ?? "–" } + [word]
        }
        let headers = names.map { String($0.split(separator: ".").last ?? Substring($0)) }
        return Terminal.table(["member", "objective", "agreement"] + headers + ["then"], rows)
    }

    static func text(_ outcome: SearchJourney.Outcome) -> String {
        guard outcome.isFinished, let winner = outcome.winner else {
            return
                "search for \(outcome.run) stopped after generation \(outcome.generations.count); go on with --resume"
        }
        var lines = [
            "run \(outcome.run): member \(winner.number) after \(outcome.epochs) epochs of all members in "
                + Terminal.duration(outcome.seconds)
        ]
        guard let comparison = outcome.comparison else { return lines[0] }
        lines.append(
            Terminal.table(
                ["session", "bits/spike", "the manifest's own settings"],
                zip(comparison.sessions, zip(comparison.winner, comparison.manifest)).map {
                    [$0, Terminal.number($1.0, 4), Terminal.number($1.1, 4)]
                }))
        lines.append(
            comparison.part == .test
                ? "of test trials, which no decision has seen"
                : "of the held-out trials that the search decided by, so that the winner looks better than it is; "
                    + "register the days with test trials (`split`) to see what it is worth")
        return lines.joined(separator: "\n")
    }

    /// What a search says to machines.
    struct Report: Encodable {
        struct Figures: Encodable {
            let session: String
            let winner: Double
            let manifest: Double
        }
        let run: String
        let finished: Bool
        let member: Int?
        let values: [String: SettingValue]?
        let generations: [SearchGeneration]
        let part: String?
        let bitsPerSpike: [Figures]
        let epochs: Int
        let seconds: Double

        init(_ outcome: SearchJourney.Outcome) {
            run = outcome.run
            finished = outcome.isFinished
            member = outcome.winner?.number
            values = outcome.winner?.values
            generations = outcome.generations
            part = outcome.comparison?.part.rawValue
            bitsPerSpike =
                outcome.comparison.map { comparison in
                    zip(comparison.sessions, zip(comparison.winner, comparison.manifest)).map {
                        Figures(session: $0, winner: $1.0, manifest: $1.1)
                    }
                } ?? []
            epochs = outcome.epochs
            seconds = outcome.seconds
        }
    }
}
