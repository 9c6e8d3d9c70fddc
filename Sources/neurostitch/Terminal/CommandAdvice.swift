import Alignment
import Evaluation
import Messages
import Registry
import Stitching

/// What an error means at the terminal: the option or the command that does what its description advises.
///
/// Descriptions hold in any program, and so name neither.
enum CommandAdvice {
    /// `nil` where there is nothing to add.
    static func advice(for error: any ReportedError) -> String? {
        switch error {
        case let error as RegistryError: advice(for: error)
        case let error as AlignmentError: advice(for: error)
        case let error as StitchingError: advice(for: error)
        case let error as ModelFileError: advice(for: error)
        case let error as EvaluationError: advice(for: error)
        default: nil
        }
    }

    private static func advice(for error: RegistryError) -> String? {
        switch error {
        case .noRegistry: "`neurostitch init` makes one, and --workspace names one"
        case .contentDiffers(_, let revision, _, _):
            "--revise keeps both, the new one as revision \(revision + 1)"
        case .runExists(_, let status) where status != .finished: "--resume goes on with it"
        case .sessionNeeded:
            "`neurostitch runs delete` deletes runs; --force removes the session all the same: the runs stay, and get it "
                + "back when it is registered again"
        case .runNeeded: "`neurostitch runs delete … --force` deletes it all the same"
        default: nil
        }
    }

    private static func advice(for error: AlignmentError) -> String? {
        guard case .nothingInCommon = error else { return nil }
        return "`neurostitch extend RUN SESSION --without-labels` lets a new day join without"
    }

    private static func advice(for error: StitchingError) -> String? {
        switch error {
        case .noSessions: "`neurostitch sessions` lists what is registered"
        case .unknownHeldOutUnit: "`neurostitch sessions show NAME` lists a session's units"
        case .runNotTrained(_, let status) where status != RunStatus.finished.rawValue:
            "`neurostitch stitch MANIFEST --resume` trains it"
        case .alreadyInRun(let run, let session):
            "`neurostitch factors \(run) \(session)` gives its factors"
        case .noSingles: "`neurostitch stitch MANIFEST --single` trains them"
        case .cannotStartFrom(let run, _): "`neurostitch runs show \(run)` shows the settings that fit it"
        case .strayFolder(let run, _), .strayCheckpoint(let run, _):
            "`neurostitch runs delete \(run)` removes what is left of it"
        case .importedRun(let run): "--start-from \(run) does what `start_from` does"
        case .unknownFactorFormat: "--format names one"
        default: nil
        }
    }

    private static func advice(for error: ModelFileError) -> String? {
        switch error {
        case .notAModel: "`neurostitch export` writes such files"
        case .sessionsNotNamed, .otherSessionCount, .sessionDiffers: "--sessions names them"
        default: nil
        }
    }

    private static func advice(for error: EvaluationError) -> String? {
        switch error {
        case .unknownChannel: "--behavior names channels"
        case .historyTooLong: "--lag-ms and --history-ms set them"
        case .tooManyUnits: "--units says how many"
        case .noTestTrials: "--part valid evaluates held-out trials"
        case .partsDiffer: "--part says which"
        case .noFactorAnalysis: "without --factor-analysis nothing of Python is needed"
        case .noSessions, .nothingInCommon: nil
        }
    }
}
