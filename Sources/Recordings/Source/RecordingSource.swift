/// Where one recording day comes from and how it is to be read: the contents of a manifest.
public struct RecordingSource: Sendable, Equatable, Codable {
    /// Path of the file.
    public var path: String
    /// The layout of the file.
    public var format: Format
    /// Unique name of the session.
    public var session: String
    /// Empty for that of the file, which only an NWB file has.
    public var subject: String
    /// ISO 8601 calendar date, `YYYY-MM-DD`; empty for that of the file, which only an NWB file has.
    public var date: String
    /// The electrode array, where there is a name for it.
    public var array: String?
    /// Whether the values are counts or continuous.
    public var signal: Recording.Signal
    /// `true`: what the file keeps are rates in Hz, counts divided by the width of their bins; `false`: counts,
    /// whatever they look like; `nil`: counts, but those that look like rates are refused. Not for `nwb`.
    public var ratesInHertz: Bool?
    /// The wanted width of a bin; `nil` for the width in the file.
    public var binMilliseconds: Double?
    /// The width of a bin in the file, where the file doesn't say it (attribute `bin_width_s`, in
    /// seconds, or `bin_ms`). Without either, the file's bins have the wanted width.
    public var sourceBinMilliseconds: Double?
    /// Names of the datasets, where they are not the usual ones.
    public var datasets: Datasets
    /// Only in layouts of arrays: spike times in place of counts. Trials are cut from them with `eventWindow`, in bins
    /// of `binMilliseconds`.
    public var spikeTimes: SpikeTimes?
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
    public var trialScalars: [String]
    /// Only in `nwb`: series of events such as licks, by name or path, or columns of lists in the table of trials.
    /// The number of events in each bin becomes a behaviour channel.
    public var eventCounts: [String]
    /// Only for spike times and continuous arrays: which stretch around an event is a trial. [`align`]
    public var eventWindow: EventWindow?
    /// Only for trials that were cut before: around which event. [`event`]
    public var event: AlignedEvent?
    /// Only for tables of trials: which table. Left out: in `nwb` `trials`; in the layouts of arrays its columns
    /// are arrays of their own.
    public var trialTable: String?
    /// Only where the table of trials is a matrix: the names of its columns, all of them, in its order.
    public var trialColumns: [String]
    /// Only for tables of trials: which of its rows are trials.
    public var trialFilters: [UnitSelection.Filter]
    /// Only for tables of trials: the columns whose values, joined by `/`, label a trial. Left out: the
    /// column `condition`, if it is there.
    public var conditionColumns: [String]
    /// Only for continuous arrays without times of their bins: when the first bin begins, in seconds.
    public var startSeconds: Double
    /// A continuous recording is cut so. In the layouts of arrays, its axes are bins and units alone, or
    /// each trial is a course of its own.
    public var chop: ChopSettings?
    /// What stands for a sample (a unit in a bin of a trial) that was not observed; `nil`: nothing does, and what
    /// is no number is an error. [`not_observed`]
    public var notObserved: NotObserved?
    /// Which units are kept.
    public var units: UnitSelection
    /// `nil`: the split that the file stores, or else every fifth trial of each condition.
    public var split: TrialSplit?

    /// Says where a recording is and how it is to be read; what is left out is as the file has it.
    ///
    /// - Parameters:
    ///   - path: of the file.
    ///   - format: the layout of the file.
    ///   - session: unique name of the session.
    ///   - subject: name of the subject; empty for that of an NWB file.
    ///   - date: `YYYY-MM-DD`; empty for that of an NWB file.
    ///   - array: the electrode array.
    ///   - signal: whether the values are counts or continuous.
    ///   - ratesInHertz: whether the file keeps rates in Hz in place of counts.
    ///   - binMilliseconds: the wanted width of a bin; `nil` for that of the file.
    ///   - sourceBinMilliseconds: the width of a bin in the file, where it doesn't say so itself.
    ///   - datasets: names of the datasets.
    ///   - spikeTimes: where spike times stand, in place of counts.
    ///   - axes: `nil` for trials, bins, units; for `mat`, `npz` and `npy`, where every lab orders them in
    ///     its own way, for an order that is not said.
    ///   - trialStructure: in `mat`, a struct array with one element a trial.
    ///   - trialBins: the bins to keep of trials of unequal length.
    ///   - behaviorChannels: those to keep, in this order; `nil` for all.
    ///   - behaviorDatasets: the datasets that hold behaviour.
    ///   - trialScalars: datasets with one number a trial.
    ///   - eventCounts: series of events that are counted in bins, as behaviour.
    ///   - eventWindow: which stretch around an event is a trial.
    ///   - trialTable: which table has the trials.
    ///   - trialColumns: the columns of that table, where it is a matrix.
    ///   - trialFilters: which of its rows are trials.
    ///   - conditionColumns: the columns whose values label a trial.
    ///   - startSeconds: when the first bin of a continuous array begins.
    ///   - chop: how a continuous recording is cut.
    ///   - notObserved: what stands for a sample that was not observed.
    ///   - units: which units are kept.
    ///   - split: which trials are held out.
    public init(
        path: String, format: Format, session: String, subject: String, date: String,
        array: String? = nil, signal: Recording.Signal = .counts, ratesInHertz: Bool? = nil,
        binMilliseconds: Double? = nil,
        sourceBinMilliseconds: Double? = nil, datasets: Datasets = Datasets(), spikeTimes: SpikeTimes? = nil,
        axes: [Axis]? = nil,
        trialStructure: String? = nil, trialBins: TrialBins? = nil, behaviorChannels: [String]? = nil,
        behaviorDatasets: [BehaviorDataset]? = nil, trialScalars: [String] = [],
        eventCounts: [String] = [], eventWindow: EventWindow? = nil, trialTable: String? = nil,
        trialColumns: [String] = [],
        trialFilters: [UnitSelection.Filter] = [], conditionColumns: [String] = [],
        startSeconds: Double = 0, chop: ChopSettings? = nil, notObserved: NotObserved? = nil,
        units: UnitSelection = UnitSelection(),
        split: TrialSplit? = nil
    ) {
        self.path = path
        self.format = format
        self.session = session
        self.subject = subject
        self.date = date
        self.array = array
        self.signal = signal
        self.ratesInHertz = ratesInHertz
        self.binMilliseconds = binMilliseconds
        self.sourceBinMilliseconds = sourceBinMilliseconds
        self.datasets = datasets
        self.spikeTimes = spikeTimes
        self.axes = axes ?? (format.needsAxes ? [] : Axis.standard)
        self.trialStructure = trialStructure
        self.trialBins = trialBins
        self.behaviorChannels = behaviorChannels
        self.behaviorDatasets = behaviorDatasets
        self.trialScalars = trialScalars
        self.eventCounts = eventCounts
        self.eventWindow = eventWindow
        self.trialTable = trialTable
        self.trialColumns = trialColumns
        self.trialFilters = trialFilters
        self.conditionColumns = conditionColumns
        self.startSeconds = startSeconds
        self.chop = chop
        self.notObserved = notObserved
        self.units = units
        self.split = split
    }
}
