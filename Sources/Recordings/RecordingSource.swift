/// Where one recording day comes from and how it is to be read: the contents of a manifest.
public struct RecordingSource: Sendable, Equatable, Codable {
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

    /// Path of the file.
    public var path: String
    public var format: Format
    public var session: String
    public var subject: String
    /// ISO 8601 calendar date, `YYYY-MM-DD`.
    public var date: String
    public var array: String?
    public var signal: Recording.Signal
    /// The wanted width of a bin; `nil` for the width in the file.
    public var binMilliseconds: Double?
    /// The width of a bin in the file, where the file doesn't say it (attribute `bin_width_s`, in
    /// seconds, or `bin_ms`). Without either, the file's bins have the wanted width.
    public var sourceBinMilliseconds: Double?
    public var datasets = Datasets()
    /// Not in `lfads-hdf5`: the order of the axes of counts, rates, behaviour and inputs, as the file's
    /// shapes show them. In behaviour and inputs, channels take the place of units. Empty where it is
    /// not said, which only HDF5 files allow. With `trialStructure`, units and bins alone.
    public var axes: [Axis]
    /// Only in `mat`: a struct array with one element a trial, whose fields are then the arrays.
    public var trialStructure: String?
    /// Only with `trialStructure`: the bins to keep of trials of unequal length.
    public var trialBins: TrialBins?
    /// Behaviour channels to keep, in this order; `nil` for all.
    public var behaviorChannels: [String]?
    /// Not in `lfads-hdf5`: the datasets that hold behaviour, one after another, in place of the usual
    /// one.
    public var behaviorDatasets: [BehaviorDataset]?
    /// Not in `lfads-hdf5`: datasets with one number a trial, such as a reaction time. Each becomes a
    /// behaviour channel that is the same in all bins of a trial.
    public var trialScalars: [String] = []
    /// Only for spike times: which stretch around an event is a trial.
    public var alignment: EventAlignment?
    /// Only for tables of trials: which table (`trials` if left out), and which of its rows.
    public var trialTable: String?
    public var trialFilters: [UnitSelection.Filter] = []
    /// Only for tables of trials: the columns whose values, joined by `/`, label a trial. Left out: the
    /// column `condition`, if it is there.
    public var conditionColumns: [String] = []
    /// A continuous recording is cut so. In the layouts of arrays, its axes are bins and units alone, or
    /// each trial is a course of its own.
    public var chop: ChopSettings?
    /// Which units are kept.
    public var units = UnitSelection()
    /// `nil`: the split that the file stores, or else every fifth trial of each condition.
    public var split: TrialSplit?

    /// A trial is the stretch from `before` to `after` an event.
    public struct EventAlignment: Sendable, Equatable, Codable {
        /// Column of the table of trials that holds the event's time in seconds.
        public var event: String
        /// Negative: the trial begins after the event.
        public var beforeMilliseconds: Double
        /// Negative: the trial ends before the event.
        public var afterMilliseconds: Double

        public init(event: String, beforeMilliseconds: Double, afterMilliseconds: Double) {
            self.event = event
            self.beforeMilliseconds = beforeMilliseconds
            self.afterMilliseconds = afterMilliseconds
        }
    }

    /// The bins to keep of every trial; shorter trials are left out.
    public enum TrialBins: Sendable, Equatable, Codable {
        case first(Int), last(Int)

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

    /// A dataset whose columns are behaviour channels.
    public struct BehaviorDataset: Sendable, Equatable, Codable {
        public var dataset: String
        /// Where the file names the columns: those to keep, in this order. Where it doesn't: the names
        /// of all columns. `nil`: all, by the file's names or by number.
        public var channels: [String]?

        public init(_ dataset: String, channels: [String]?) {
            self.dataset = dataset
            self.channels = channels
        }
    }

    /// Names of datasets. In `lfads-hdf5` a name stands for a pair: `cond` for `train_cond` and
    /// `valid_cond`.
    public struct Datasets: Sendable, Equatable, Codable {
        /// Not in `lfads-hdf5`: counts, trials × bins × units. In `npy` the file itself.
        public var spikes = "spikes"
        /// Usual name: `condition`; in `lfads-hdf5` `cond`.
        public var condition = Choice.usual
        /// Usual name: `behavior`.
        public var behavior = Choice.usual
        /// Usual name: `external_inputs`; in `lfads-hdf5` `ext_input`.
        public var externalInputs = Choice.usual
        /// Usual name: `trial_id`.
        public var trialIdentifiers = Choice.usual
        /// Usual name: `unit_id`, in both formats without a prefix.
        public var unitIdentifiers = Choice.usual
        /// True rates in Hz. Usual name: `rates`; in `lfads-hdf5` `truth`.
        public var trueRates = Choice.usual
        /// Not in `lfads-hdf5`: `train`/`valid` or 0/1 per trial. Usual name: `split`.
        public var split = Choice.usual
        /// Only for continuous arrays: when each bin begins, in seconds. A jump is a gap in the recording.
        /// Usual name: `times`.
        public var times = Choice.usual

        public init() {}
    }

    public init(
        path: String, format: Format, session: String, subject: String, date: String,
        array: String? = nil, signal: Recording.Signal = .counts, binMilliseconds: Double? = nil,
        sourceBinMilliseconds: Double? = nil, datasets: Datasets = Datasets(),
        behaviorChannels: [String]? = nil, units: UnitSelection = UnitSelection(),
        split: TrialSplit? = nil
    ) {
        self.path = path
        self.format = format
        axes = format.needsAxes ? [] : Axis.standard
        self.session = session
        self.subject = subject
        self.date = date
        self.array = array
        self.signal = signal
        self.binMilliseconds = binMilliseconds
        self.sourceBinMilliseconds = sourceBinMilliseconds
        self.datasets = datasets
        self.behaviorChannels = behaviorChannels
        self.units = units
        self.split = split
    }
}
