import ArgumentParser
import Evaluation
import Foundation
import Stitching

struct ExtendCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "extend", abstract: "Bring new days into a trained run.",
        discussion: """
            A day's own read-in and read-out are fitted to the run's shared dynamics, which stay as they are, \
            as do all other days, bit for bit. What comes of it is another run, RUN-with-SESSION, beside the \
            old one; both can be queried. Several days are independent of each other.

            A day without condition labels joins with --without-labels: through electrodes that it shares with \
            the run's last day, or by what its activity looks like, whichever predicts its spikes better. Where \
            the dynamics have a symmetry, the latter may take the wrong one of several maps.

            A day that has joined is looked at at once, as monitor does: its labels and its behaviour, where there \
            are any, tell whether the maps are right, also where they took no part.

            Example:
              neurostitch extend lorenz lorenz-2024-07-15
              neurostitch extend lorenz lorenz-2024-07-15 --trials 40 --as lorenz-forty
            """)

    @Argument(help: ArgumentHelp("Name of the run.", valueName: "run"))
    var runName: String

    @Argument(help: "Registered sessions that the run was not trained on.")
    var sessions: [String]

    @Option(name: .customLong("as"), help: "Name of the new run. (default: RUN-with-SESSION)")
    var newName: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Fit on the first so many training trials alone; of several numbers, comma-separated, see "
                + "what each would give (drawn in the run's report), and enter no run."))
    var trials: String?

    @Flag(name: .long, help: "Join without condition labels, by what the activity looks like.")
    var withoutLabels = false

    @Option(name: .long, help: "Most epochs for which the day's maps are trained; 0: as aligned.")
    var epochs = 40

    @Flag(name: .long, help: "Enter the run without looking whether it fits the day.")
    var unchecked = false

    @OptionGroup var threads: ThreadOptions
    @OptionGroup var options: WorkspaceOptions

    private struct Report: Encodable {
        let run: String
        let parent: String
        let session: String
        let trainingTrials: Int
        let epochs: Int
        let alignedBitsPerSpike: Double?
        let bitsPerSpike: Double?
        let seconds: Double
        /// Of the drift monitor, and what led to it; of runs that were entered.
        let verdict: DriftReport.Verdict?
        let reasons: [String]?

        init(_ outcome: ExtendJourney.Outcome, _ check: DriftReport? = nil) {
            run = outcome.run
            parent = outcome.parent
            session = outcome.session
            trainingTrials = outcome.trainingTrials
            epochs = outcome.epochs
            alignedBitsPerSpike = outcome.alignedBitsPerSpike
            bitsPerSpike = outcome.bitsPerSpike
            seconds = outcome.seconds
            verdict = check?.verdict
            reasons = check?.reasons
        }
    }

    private func show(_ outcome: ExtendJourney.Outcome) {
        print(
            "\(outcome.run): \(outcome.session) joined \(outcome.parent) with "
                + "\(outcome.trainingTrials) training trials in "
                + "\(Terminal.duration(outcome.seconds)); bits/spike "
                + "\(Terminal.number(outcome.alignedBitsPerSpike, 4)) as aligned, "
                + "\(Terminal.number(outcome.bitsPerSpike, 4)) after \(outcome.epochs) epochs")
    }

    private func show(_ check: DriftReport) {
        let because = check.reasons.joined(separator: "; ")
        switch check.verdict {
        case .useAsIs: print("\(check.session) fits the run: \(because)")
        case .undecided:
            Terminal.printError("warning: whether \(check.session) fits the run is not known: \(because)")
        case .extend, .retrain:
            // Spikes alone can be harder to predict on a day of fewer or sparser units, in the right space.
            let isElsewhere = [DriftNumber.Kind.agreement, .decoding].contains {
                check.asItStands?[$0]?.isInside == false
            }
            Terminal.printError(
                "warning: \(check.session) does not fit the run as it joined: \(because)"
                    + (isElsewhere ? ". Don't decode from its factors" : "")
                    + "; `neurostitch monitor` shows the numbers")
        }
    }

    /// How many trials a new day needs.
    private static func curve(_ reports: [Report]) -> String {
        Terminal.table(
            ["session", "training trials", "bits/spike as aligned", "trained", "epochs", "seconds"],
            reports.map {
                [
                    $0.session, "\($0.trainingTrials)", Terminal.number($0.alignedBitsPerSpike, 4),
                    Terminal.number($0.bitsPerSpike, 4), "\($0.epochs)", Terminal.number($0.seconds, 1),
                ]
            })
    }

    private func show(_ event: ExtendJourney.Event) {
        guard case .start(let start, let validation, let isChosen) = event else { return }
        let name: String? =
            switch start {
            // One start, of which there is nothing to choose.
            case .labels(electrodes: 0): nil
            case .labels(let count): "start from labels, near the maps of \(count) shared electrodes"
            case .electrodes(let count): "start through \(count) shared electrodes"
            case .moments(let misfit): "start by moments (misfit \(Terminal.number(misfit)))"
            }
        guard let name else { return }
        print(
            name + ": held-out loss \(Terminal.number(validation, 5))" + (isChosen ? ", taken" : ""))
    }

    func validate() throws {
        if newName != nil, sessions.count > 1 {
            throw ValidationError("--as names one run; give one session with it.")
        }
        if try trialCounts().count > 1, newName != nil {
            throw ValidationError("--as names a run, and several numbers of trials enter none.")
        }
        if epochs < 0 { throw ValidationError("--epochs must be 0 or more.") }
    }

    private func trialCounts() throws -> [Int] {
        guard let trials else { return [] }
        return try trials.split(separator: ",", omittingEmptySubsequences: false).map { part in
            guard let count = Int(part.trimmingCharacters(in: .whitespaces)), count > 0 else {
                throw ValidationError(
                    "--trials takes numbers of at least 1 such as 10,20,40; \"\(part)\" is none.")
            }
            return count
        }
    }

    func run() throws {
        let registry = try options.registry()
        let interruption = Interruption()
        defer { interruption.end() }
        var reports: [Report] = []
        let counts = try trialCounts()
        var wanted = ExtendJourney.Options(threads: threads.count)
        wanted.name = newName
        wanted.trials = counts.first
        wanted.epochs = epochs
        wanted.usesLabels = !withoutLabels
        // Trained days are the same in all runs that come of it.
        var monitor: DriftMonitor?
        for session in sessions {
            if counts.count > 1 {
                reports += try ExtendJourney.measureLearningCurve(
                    run: runName, by: session, trials: counts, in: registry, options: wanted,
                    shouldStop: { interruption.isRequested }
                ).map { Report($0) }
                continue
            }
            let outcome = try ExtendJourney.extend(
                run: runName, by: session, in: registry, options: wanted,
                report: { if !options.json { show($0) } },
                shouldStop: { interruption.isRequested })
            if !options.json { show(outcome) }
            var check: DriftReport?
            if !unchecked {
                let known =
                    try monitor
                    ?? DriftMonitor(
                        run: runName, in: registry, options: DriftMonitor.Options(threads: threads.count))
                monitor = known
                check = try known.judge(session, joinedAs: outcome.run)
            }
            reports.append(Report(outcome, check))
            if let check, !options.json { show(check) }
        }
        if !options.json, counts.count > 1 { print(Self.curve(reports)) }
        if options.json { print(try Terminal.json(reports)) }
    }
}
