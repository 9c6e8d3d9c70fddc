public import LFADS
public import Messages

/// What can go wrong on the journeys.
public enum StitchingError: ReportedError, Equatable {
    case noSessions
    case sessionsDiffer(
        what: String, session: String, value: String, other: String, otherValue: String)
    case observationDoesNotFit(session: String)
    /// Its trials have one bin each.
    case oneBin(session: String)
    case unknownHeldOutUnit(String)
    case unknownExcludedCondition(String, known: [String])
    /// `exclude_conditions` or `held_out_units` left a session without something it needs.
    case nothingLeft(session: String, what: String)
    case recordingChanged(session: String, file: String)
    case runIsBusy(run: String)
    /// Stopped while short starts were tried: nothing of the run exists yet.
    case stoppedBeforeStart(run: String)
    case strayCheckpoint(run: String, path: String)
    case otherCheckpoint(run: String, path: String, differences: [String])
    /// Training diverged after at least one good epoch, whose checkpoint is kept; `isUsable` where the rates that it gives are
    /// finite.
    case trainingFailed(cause: LFADSError, run: String, keptEpoch: Int, isUsable: Bool)
    case unsuitableValue(
        session: String, trial: Int, bin: Int, unit: String, value: Float, expected: String)
    case settingsDiffer(run: String, keys: [String])
    case runNotTrained(run: String, status: String)
    case sessionNotInRun(run: String, session: String, known: [String])
    case trialOutOfRange(session: String, trial: Int, count: Int)
    case badTrialRange(String)
    case noTestTrials(session: String)
    case noInferredInputs(run: String)
    case alreadyInRun(run: String, session: String)
    case doesNotFit(session: String, run: String, what: String, found: Int, expected: Int)
    case noSingles(run: String)
    case cannotStartFrom(run: String, differences: [String])
    /// Asked to go on with a run that was never trained here.
    case importedRun(String)
    /// Asked to go on with a run that a search looks for, or has found.
    case searchedRun(String)
    /// `known` with the nearest first.
    case unknownQuantity(String, known: [String])
    case unknownFactorFormat(path: String)
    case noOutputFolder(path: String, folder: String)
    case notACheckpoint(path: String, what: String)
    case newerCheckpoint(path: String, version: Int)
    /// Its bytes are not those that were written.
    case damagedCheckpoint(path: String)
    /// While it was trained, the folder of a run was removed, or replaced.
    case folderTaken(run: String, path: String)
    /// A folder where a run is to be, of which the registry knows nothing.
    case strayFolder(run: String, path: String)
    /// Another process of the job can't do its part.
    case rankFailed(rank: Int, host: String, reason: String, category: ErrorCategory)

    public var category: ErrorCategory {
        switch self {
        case .rankFailed(_, _, _, let category): category
        case .runIsBusy: .temporary
        case .sessionNotInRun, .noSessions, .runNotTrained, .noSingles: .missingInput
        case .stoppedBeforeStart: .interrupted
        case .trialOutOfRange, .badTrialRange, .noTestTrials, .noInferredInputs, .unknownQuantity,
            .unknownFactorFormat, .alreadyInRun:
            .usage
        case .noOutputFolder: .cannotCreate
        case .settingsDiffer, .cannotStartFrom, .importedRun, .searchedRun, .observationDoesNotFit, .oneBin,
            .unknownHeldOutUnit, .unknownExcludedCondition, .nothingLeft:
            .badConfiguration
        default: .badData
        }
    }

    public var description: String {
        switch self {
        case .rankFailed(let rank, let host, let reason, _):
            return "rank \(rank) on \(host): \(reason)"
        case .noSessions:
            return "the selection matches none of the registered sessions"
        case .sessionsDiffer(let what, let session, let value, let other, let otherValue):
            return
                "\(what) must be the same in all sessions of a run: \(session) has \(value), \(other) "
                + "has \(otherValue); register one of them again with `bin_ms` or other trials"
        case .observationDoesNotFit(let session):
            return
                "session \(session) holds continuous signals, which a Poisson model can't describe; "
                + "set `reconstruction: gaussian` under `model`"
        case .oneBin(let session):
            return
                "the trials of session \(session) have a single bin, in which nothing can move: a model of dynamics "
                + "needs two bins at least; register it again with a smaller `bin_ms`, or with longer trials or windows"
        case .unknownHeldOutUnit(let name):
            return
                "held_out_units names \(name), a unit that no session of the run has"
        case .unknownExcludedCondition(let condition, let known):
            return
                "exclude_conditions names \(condition), a label that no trial of the run's sessions has; "
                + (known.isEmpty ? "they have no labels" : "they have \(known.joined(separator: ", "))")
        case .nothingLeft(let session, let what):
            return
                "session \(session): exclude_conditions and held_out_units leave it without any "
                + "\(what); keep back less, or leave the session out of the run"
        case .recordingChanged(let session, let file):
            return
                "session \(session): the content of \(file) is not what was registered; register it "
                + "again with the original recording to repair it, or restore the file from a backup"
        case .runIsBusy(let run):
            return "run \(run) is being trained by another process; wait for it or stop it first"
        case .stoppedBeforeStart(let run):
            return
                "stopped before run \(run) began: its short starts were still being tried, and nothing "
                + "was stored; begin it again"
        case .strayCheckpoint(let run, let path):
            return
                "\(path) is the checkpoint of a run \(run) that the registry does not know; move the file "
                + "away if it is not needed, or give the new run another name"
        case .otherCheckpoint(let run, let path, let differences):
            return
                "\(path) is not the checkpoint of run \(run) as it is registered: "
                + differences.joined(separator: ", ") + "; restore the run's own checkpoint from a backup, "
                + "or train it again under another name"
        case .trainingFailed(let cause, let run, let epoch, let isUsable):
            return
                "\(cause). The checkpoint of epoch \(epoch) of run \(run) is kept"
                + (isUsable
                    ? " and can be queried"
                    : ", but rates that it gives are not finite: the run is of no use")
                + "; other settings need another run name"
        case .unsuitableValue(let session, let trial, let bin, let unit, let value, let expected):
            return
                "session \(session): trial \(trial), bin \(bin), unit \(unit) is \(value), which the "
                + "observation model can't describe; expected \(expected). Choose another "
                + "`reconstruction` or correct the recording"
        case .settingsDiffer(let run, let keys):
            return
                "run \(run) was started with other settings (\(keys.joined(separator: ", "))); restore "
                + "them in the manifest to resume it, or give the run a new name"
        case .runNotTrained(let run, "finished"):
            return
                "the checkpoint of run \(run) is missing, though the run is finished; restore "
                + "runs/\(run)/checkpoint.h5 from a backup, or train the run again under another name"
        case .runNotTrained(let run, let status):
            return
                "run \(run) is \(status) and has no checkpoint yet; resume its training first"
        case .sessionNotInRun(let run, let session, let known):
            return
                "session \(session) is not part of run \(run); it was trained on "
                + known.joined(separator: ", ")
        case .trialOutOfRange(let session, let trial, let count):
            return
                "trial \(trial) does not exist: session \(session) has trials 0 to \(count - 1)"
        case .badTrialRange(let text):
            return
                "the trials \"\(text)\" can't be read; expected numbers and ranges such as 0,3,10-19, or "
                + "all, train, valid or test"
        case .noTestTrials(let session):
            return
                "session \(session) has no test trials; `split: {test_every: 5}` in its manifest would make "
                + "some, or ask for valid, the held-out trials"
        case .noInferredInputs(let run):
            return "run \(run) has no controller (co_dim is 0), so there are no inferred inputs"
        case .alreadyInRun(let run, let session):
            return
                "session \(session) is part of run \(run) already, and can be queried there"
        case .doesNotFit(let session, let run, let what, let found, let expected):
            return
                "session \(session) has \(found) \(what), and run \(run) was trained on \(expected); register "
                + "it again with `bin_ms` or trials that give as many"
        case .noSingles(let run):
            return
                "there is no finished single-day model for every session of run \(run); train "
                + "these first"
        case .cannotStartFrom(let run, let differences):
            return
                "training can't start from run \(run): \(differences.joined(separator: ", ")); "
                + "give the new run the days and the model of that one"
        case .searchedRun(let run):
            return
                "run \(run) belongs to a search, which trains it; go on with the search, or train a run of another "
                + "name"
        case .importedRun(let run):
            return
                "run \(run) was imported: its file has no state of an optimiser to resume. Train on from "
                + "its parameters as another run, with `start_from: \(run)` in the manifest"
        case .unknownQuantity(let word, let known):
            return
                "there is no quantity \"\(word)\"; did you mean \"\(known.first ?? "")\"? Known: "
                + known.sorted().joined(separator: ", ")
        case .unknownFactorFormat(let path):
            return
                "the ending of \(path) tells no format; expected .h5, .hdf5, .npz, .npy, .csv or .json, or a "
                + "format that is named beside it"
        case .noOutputFolder(let path, let folder):
            return "\(path) can't be written: there is no folder \(folder); create it first"
        case .notACheckpoint(let path, let what):
            return
                "\(path) is no checkpoint of neurostitch: \(what); restore the file, or train the run "
                + "again under another name"
        case .damagedCheckpoint(let path):
            return
                "\(path) is damaged: its bytes are not those that were written; restore the file from a backup, or "
                + "train the run again under another name"
        case .folderTaken(let run, let path):
            return
                "\(path) is no longer the folder in which run \(run) was begun: it was removed while the run was being "
                + "trained; nothing is saved any more, begin the run anew"
        case .strayFolder(let run, let path):
            return
                "\(path) holds files of a run \(run) that the registry does not know; remove or move them away if "
                + "they are not needed, or choose another name"
        case .newerCheckpoint(let path, let version):
            return
                "\(path) has layout version \(version), written by a newer neurostitch; this one reads "
                + "version \(Checkpoint.layoutVersion); install a newer neurostitch to read it"
        }
    }
}
