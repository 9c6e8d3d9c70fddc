/// What is known of a recording day beside its arrays: whose it is and of when, its axes, and what stands
/// on them.
public struct RecordingMetadata: Sendable, Equatable {
    /// Unique name of the session, e.g. `jango-2016-06-26`.
    public var session: String
    /// Name of the subject.
    public var subject: String
    /// ISO 8601 calendar date, `YYYY-MM-DD`.
    public var date: String
    /// The electrode array, where the manifest names one.
    public var array: String?
    /// Width of a bin in milliseconds.
    public var binMilliseconds: Double
    /// Whether the values are spike counts or continuous signals.
    public var signal: Recording.Signal
    /// Trials of the recording.
    public var trialCount: Int
    /// Bins of every trial.
    public var binCount: Int
    /// The first `encodedBinCount` bins are seen by the encoder; later ones are forward-predicted.
    public var encodedBinCount: Int
    /// One entry per column of the counts.
    public var units: [Recording.Unit]
    /// One entry per trial, in the order in which the trials were recorded.
    public var trials: [Recording.Trial]
    /// Names of the behaviour channels.
    public var behaviorNames: [String]
    /// Names of the external inputs.
    public var externalInputNames: [String]
    /// Only for a continuous recording: which windows of it the trials are.
    public var chop: Recording.Chop?
    /// Where the recording came from: source path, format, attributes of the source, removed units.
    public var provenance: [String: String]

    /// Describes a recording day.
    ///
    /// - Parameters:
    ///   - session: unique name of the session.
    ///   - subject: name of the subject.
    ///   - date: ISO 8601 calendar date, `YYYY-MM-DD`.
    ///   - array: the electrode array.
    ///   - binMilliseconds: width of a bin.
    ///   - signal: whether the values are counts or continuous.
    ///   - trialCount: `nil` for as many as there are `trials`.
    ///   - binCount: bins of every trial.
    ///   - encodedBinCount: leading bins that the encoder sees; `nil` for all bins.
    ///   - units: one entry per column of the counts.
    ///   - trials: one entry per trial, in recorded order.
    ///   - behaviorNames: names of the behaviour channels.
    ///   - externalInputNames: names of the external inputs.
    ///   - chop: only for a continuous recording: which windows of it the trials are.
    ///   - provenance: where the recording came from.
    public init(
        session: String, subject: String, date: String, array: String? = nil, binMilliseconds: Double,
        signal: Recording.Signal = .counts, trialCount: Int? = nil, binCount: Int,
        encodedBinCount: Int? = nil, units: [Recording.Unit], trials: [Recording.Trial],
        behaviorNames: [String] = [], externalInputNames: [String] = [], chop: Recording.Chop? = nil,
        provenance: [String: String] = [:]
    ) {
        self.session = session
        self.subject = subject
        self.date = date
        self.array = array
        self.binMilliseconds = binMilliseconds
        self.signal = signal
        self.trialCount = trialCount ?? trials.count
        self.binCount = binCount
        self.encodedBinCount = encodedBinCount ?? binCount
        self.units = units
        self.trials = trials
        self.behaviorNames = behaviorNames
        self.externalInputNames = externalInputNames
        self.chop = chop
        self.provenance = provenance
    }

    /// Places of a split's trials, in recorded order.
    public func trialIndices(_ split: Recording.Split) -> [Int] {
        trials.indices.filter { trials[$0].split == split }
    }
}
