extension RecordingSource {
    /// The layouts of files that recordings can be read from, by the names that manifests have for them.
    public enum Format: String, Sendable, Codable, CaseIterable {
        /// lfads-torch's layout: `train_encod_data`, `train_recon_data`, `valid_…`, `train_inds`, …
        case lfadsHDF5 = "lfads-hdf5"
        /// One dataset of counts, trials × bins × units, and others beside it.
        case binnedHDF5 = "binned-hdf5"
        /// Neurodata Without Borders 2: spike times, trials and behaviour by time.
        case nwb
        /// A MATLAB file, version 5, 7 or 7.3: arrays by name, or a struct array of trials.
        case mat
        /// numpy's archive: arrays by name.
        case npz
        /// One array of counts; others in files beside it, named by file.
        case npy

        /// Whether every lab orders the axes in its own way, so that no order can be taken for granted.
        var needsAxes: Bool { [.mat, .npz, .npy].contains(self) }
    }

    /// An axis of an array of counts.
    public enum Axis: String, Sendable, Codable, CaseIterable {
        case trials, bins, units

        /// The order of an HDF5 file that says nothing else.
        public static let standard: [Axis] = [.trials, .bins, .units]
    }

    /// Which dataset holds an optional part.
    public enum Choice: Sendable, Equatable, Codable {
        /// The dataset with the usual name, if it is there.
        case usual
        /// This dataset; it must be there.
        case named(String)
        /// None, even if there is one with the usual name.
        case omitted
    }

    /// A trial is the stretch from `before` to `after` an event.
    public struct EventWindow: Sendable, Equatable, Codable {
        /// Column of the table of trials that holds the event's time in seconds; `nil`: time 0 of each trial, where
        /// trials have clocks of their own.
        public var event: String?
        /// Column with the time that the event's is counted from; `nil`: it is by the recording's clock.
        public var relativeTo: String?
        /// Negative: the trial begins after the event.
        public var beforeMilliseconds: Double
        /// Negative: the trial ends before the event.
        public var afterMilliseconds: Double
        /// So far outside its trial an event may be: from 0.
        public var marginMilliseconds: Double

        /// Says which stretch around an event is a trial.
        public init(
            event: String?, relativeTo: String? = nil, beforeMilliseconds: Double, afterMilliseconds: Double,
            marginMilliseconds: Double = 0
        ) {
            self.event = event
            self.relativeTo = relativeTo
            self.beforeMilliseconds = beforeMilliseconds
            self.afterMilliseconds = afterMilliseconds
            self.marginMilliseconds = marginMilliseconds
        }
    }

    /// The bins to keep of every trial; shorter trials are left out.
    public enum TrialBins: Sendable, Equatable, Codable {
        /// So many from the beginning.
        case first(Int)
        /// So many before the end.
        case last(Int)

        var count: Int {
            switch self {
            case .first(let count), .last(let count): count
            }
        }

        /// The bins to keep of a trial that has at least as many.
        func range(in length: Int) -> Range<Int> {
            switch self {
            case .first(let count): 0..<count
            case .last(let count): length - count..<length
            }
        }
    }

    /// What stands for a sample that was not observed. A file has to be believed so: a NaN may as well be a slip.
    public enum NotObserved: String, Sendable, Codable, CaseIterable {
        /// Not a number.
        case nan
    }

    /// Where spike times stand among the arrays of a file: as many entries in each as there are spikes.
    public struct SpikeTimes: Sendable, Equatable, Codable {
        /// Array of times in seconds.
        public var times: String
        /// Array of the units' names or numbers.
        public var units: String
        /// Array of the trials' numbers; times are then by each trial's own clock.
        public var trials: String?
        /// A matrix whose columns these are, spikes × columns, in place of arrays.
        public var table: String?
        /// The names of its columns, all of them, in its order.
        public var columns: [String]

        /// Names the arrays, or the columns of a matrix.
        public init(
            times: String, units: String, trials: String? = nil, table: String? = nil, columns: [String] = []
        ) {
            self.times = times
            self.units = units
            self.trials = trials
            self.table = table
            self.columns = columns
        }
    }

    /// A dataset whose columns are behaviour channels.
    public struct BehaviorDataset: Sendable, Equatable, Codable {
        /// Name of the dataset.
        public var dataset: String
        /// Where the file names the columns: those to keep, in this order. Where it doesn't: the names
        /// of all columns. `nil`: all, by the file's names or by number.
        public var channels: [String]?

        /// Names a dataset and its channels.
        public init(_ dataset: String, channels: [String]?) {
            self.dataset = dataset
            self.channels = channels
        }
    }

    /// Names of datasets. In `lfads-hdf5` a name stands for a pair: `cond` for `train_cond` and
    /// `valid_cond`.
    public struct Datasets: Sendable, Equatable, Codable {
        /// Not in `lfads-hdf5`: counts, trials × bins × units. In `npy` the file itself.
        public var spikes: String
        /// Usual name: `condition`; in `lfads-hdf5` `cond`.
        public var condition: Choice
        /// Usual name: `behavior`.
        public var behavior: Choice
        /// Usual name: `external_inputs`; in `lfads-hdf5` `ext_input`.
        public var externalInputs: Choice
        /// Usual name: `trial_id`.
        public var trialIdentifiers: Choice
        /// Usual name: `unit_id`, in both formats without a prefix.
        public var unitIdentifiers: Choice
        /// True rates in Hz. Usual name: `rates`; in `lfads-hdf5` `truth`.
        public var trueRates: Choice
        /// Not in `lfads-hdf5`: `train`/`valid`/`test` or 0/1/2 per trial. Usual name: `split`.
        public var split: Choice
        /// Only for continuous arrays: when each bin begins, in seconds. A jump is a gap in the recording.
        /// Usual name: `times`.
        public var times: Choice

        /// Names datasets; those that are left out have their usual names.
        public init(
            spikes: String = "spikes", condition: Choice = .usual, behavior: Choice = .usual,
            externalInputs: Choice = .usual, trialIdentifiers: Choice = .usual,
            unitIdentifiers: Choice = .usual, trueRates: Choice = .usual, split: Choice = .usual,
            times: Choice = .usual
        ) {
            self.spikes = spikes
            self.condition = condition
            self.behavior = behavior
            self.externalInputs = externalInputs
            self.trialIdentifiers = trialIdentifiers
            self.unitIdentifiers = unitIdentifiers
            self.trueRates = trueRates
            self.split = split
            self.times = times
        }
    }
}
