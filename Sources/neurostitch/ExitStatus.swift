import ArrayFiles
import Evaluation
import LFADS
import LinearAlgebra
import Recordings
import Registry
import Report
import Stitching

/// Exit codes after `sysexits.h`; 130 after Ctrl-C, as a shell expects.
enum ExitStatus {
    static let usage: Int32 = 64
    static let dataError: Int32 = 65
    static let noInput: Int32 = 66
    static let unavailable: Int32 = 69
    static let software: Int32 = 70
    static let cannotCreate: Int32 = 73
    static let inputOutput: Int32 = 74
    static let temporaryFailure: Int32 = 75
    static let configuration: Int32 = 78
    static let interrupted: Int32 = 130

    static func isOurs(_ error: any Error) -> Bool {
        error is ManifestError || error is RecordingError || error is ArrayFileError
            || error is RegistryError || error is StitchingError || error is LFADSError
            || error is LinearAlgebraError || error is EvaluationError || error is SynthesisError
            || error is ReportError || error is SeparateProcessError || error is ModelFileError
    }

    static func code(for error: any Error) -> Int32 {
        switch error {
        case let error as ManifestError: return code(error)
        case let error as ArrayFileError: return code(error)
        case is SeparateProcessError: return temporaryFailure
        case RecordingError.file(let error): return code(error)
        case is RecordingError: return dataError
        case let error as RegistryError: return code(error)
        case let error as StitchingError: return code(error)
        case LFADSError.invalidConfiguration: return configuration
        case is LFADSError: return dataError
        case is EvaluationError: return usage
        case ReportError.noOutputFolder: return cannotCreate
        case is ReportError: return unavailable
        case SynthesisError.cannotCreate: return cannotCreate
        case is SynthesisError: return usage
        case ModelFileError.sessionsNotNamed, ModelFileError.otherSessionCount: return usage
        case is ModelFileError: return dataError
        default: return software
        }
    }

    private static func code(_ error: ManifestError) -> Int32 {
        if case .unreadable = error { return noInput }
        return configuration
    }

    private static func code(_ error: ArrayFileError) -> Int32 {
        switch error {
        case .missingFile: return noInput
        case .cannotWrite: return cannotCreate
        default: return dataError
        }
    }

    private static func code(_ error: RegistryError) -> Int32 {
        switch error {
        case .noRegistry, .unknownSessions, .unknownRevision, .unknownSubject, .unknownRun:
            return noInput
        case .cannotCreate, .notWritable, .full: return cannotCreate
        case .busy: return temporaryFailure
        case .database: return inputOutput
        default: return dataError
        }
    }

    private static func code(_ error: StitchingError) -> Int32 {
        switch error {
        case .runIsBusy: return temporaryFailure
        case .sessionNotInRun, .noSessions, .runNotTrained, .noSingles: return noInput
        case .stoppedBeforeStart: return interrupted
        case .trialOutOfRange, .badTrialRange, .noInferredInputs, .unknownQuantity,
            .unknownFactorFormat, .alreadyInRun:
            return usage
        case .noOutputFolder: return cannotCreate
        case .settingsDiffer, .cannotStartFrom, .importedRun, .observationDoesNotFit, .unknownHeldOutUnit,
            .unknownExcludedCondition,
            .nothingLeft:
            return configuration
        default: return dataError
        }
    }
}
