import Foundation
import LFADS
import Registry
import Stitching

/// Shows a stitch while it goes on.
enum StitchProgress {
    struct Report: Encodable {
        let run: String
        let finished: Bool
        let epochs: Int
        let bestEpoch: Int
        let sessions: [String]
        let bitsPerSpike: [Double]
        let agreement: Double?
        let seconds: Double

        init(_ outcome: StitchJourney.Outcome) {
            run = outcome.run
            finished = outcome.isFinished
            epochs = outcome.epochsDone
            bestEpoch = outcome.bestEpoch
            sessions = outcome.sessions
            bitsPerSpike = outcome.bitsPerSpike
            agreement = outcome.agreement
            seconds = outcome.seconds
        }
    }

    /// - Parameter ranks: other processes that train the run as well.
    static func run(
        _ plan: StitchManifest, registry: SessionRegistry, options: StitchJourney.Options,
        ranks: TrainingRanks? = nil, interruption: Interruption, quiet: Bool
    ) throws -> StitchJourney.Outcome {
        var epochs = plan.training.epochs
        let outcome = try leavingProgress(quiet: quiet) {
            try StitchJourney.stitch(
                plan, in: registry, options: options, ranks: ranks,
                report: { event in
                    switch event {
                    case .prepared(let settings, let sessions, let parameters, let updates):
                        epochs = settings.training.epochs
                        guard !quiet else { return }
                        print(
                            "run \(plan.run): \(sessions.count) sessions, \(parameters) parameters, "
                                + "\(updates) updates an epoch, at most \(epochs) epochs, seed "
                                + "\(settings.seed), \(options.threads) threads")
                    case .settingsFromData(let chosen):
                        if !quiet { print(SettingsFromDataTable.text(chosen)) }
                    case .aligned(let alignment):
                        if !quiet { print(AlignmentTable.text(alignment)) }
                        for warning in alignment.warnings { Terminal.printError("warning: \(warning)") }
                    case .startedFrom(let run):
                        if !quiet { print("starts from the parameters of run \(run)") }
                    case .ranks(let strength, let most):
                        RanksText.show(strength, most: most, quiet: quiet)
                    case .restart(let start):
                        if !quiet { show(start) }
                    case .resumed(let done):
                        if !quiet { print("resumed after epoch \(done)") }
                    case .epoch(let record, let seconds, let left):
                        if !quiet { show(record, epochs, seconds, left) }
                        if let disturbance = record.disturbance {
                            if !quiet { Terminal.endProgress() }
                            Terminal.printError("warning: \(disturbance)")
                        }
                    }
                }, shouldStop: { interruption.isRequested })
        }
        guard !quiet else { return outcome }
        show(outcome)
        return outcome
    }

    /// Ends the progress line, whatever comes next: the summary or an error.
    private static func leavingProgress<Value>(quiet: Bool, _ body: () throws -> Value) rethrows -> Value {
        defer { if !quiet { Terminal.endProgress() } }
        return try body()
    }

    private static func show(_ start: Restarts.Start) {
        var line =
            "start with seed \(start.seed), \(start.epochs) epochs: valid "
            + Terminal.number(start.validation, 5)
        if let agreement = start.agreement { line += ", agreement \(Terminal.number(agreement))" }
        print(line + (start.isBest ? "  best so far" : ""))
    }

    private static func show(
        _ record: EpochRecord, _ epochs: Int, _ seconds: Double, _ left: Double
    ) {
        let summary = record.summary
        let epoch = summary.epoch + 1
        var line = "epoch \(epoch)/\(epochs)  train \(Terminal.number(summary.reconstruction, 5))"
        line += "  valid \(Terminal.number(summary.validation, 5))\(summary.isBest ? "*" : " ")"
        line += "  kl \(Terminal.number(summary.initialConditionKL + summary.inferredInputKL, 2))"
        if !record.bitsPerSpike.isEmpty {
            let mean = record.bitsPerSpike.reduce(0, +) / Double(record.bitsPerSpike.count)
            line += "  bits/spike \(Terminal.number(mean, 4))"
        }
        if let agreement = record.agreement { line += "  agreement \(Terminal.number(agreement))" }
        line += "  lr \(String(format: "%.1e", summary.learningRate))"
        line += "  \(Terminal.duration(seconds)), \(Terminal.duration(left)) left"
        Terminal.progress(line, isMilestone: epoch == 1 || epoch % 10 == 0 || epoch == epochs)
    }

    private static func show(_ outcome: StitchJourney.Outcome) {
        print(
            outcome.isFinished
                ? "run \(outcome.run) finished after \(outcome.epochsDone) epochs in "
                    + "\(Terminal.duration(outcome.seconds)); the model is that of epoch "
                    + "\(outcome.bestEpoch)"
                : "run \(outcome.run) stopped after epoch \(outcome.epochsDone); go on with --resume")
        if !outcome.bitsPerSpike.isEmpty {
            print(
                Terminal.table(
                    ["session", "held-out bits/spike"],
                    zip(outcome.sessions, outcome.bitsPerSpike).map { [$0, Terminal.number($1, 4)] }))
        }
        guard let agreement = outcome.agreement else { return }
        print("agreement of condition-averaged factors between the days: \(Terminal.number(agreement))")
        if !agreement.isFinite {
            Terminal.printError(
                "warning: the factors do not vary with the condition, so that nothing can be said of their agreement: "
                    + "the model has learnt nothing")
        } else if agreement < 0.9 {
            Terminal.printError(
                "warning: the days agree only to \(Terminal.number(agreement)): the stitch may not hold; "
                    + "keep the maps nearer to their alignment (lr_readin_scale, lr_readout_scale) or "
                    + "try another seed")
        }
    }
}
