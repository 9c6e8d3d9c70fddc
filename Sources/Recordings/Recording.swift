/// One recording day: spike counts of every trial with all that the lab knows about it.
///
/// Everything is trial-major and row-major. A recording knows nothing of models or registries.
public struct Recording: Sendable, Equatable {
    /// Unique name of the session, e.g. `jango-2016-06-26`.
    public var session: String
    public var subject: String
    /// ISO 8601 calendar date, `YYYY-MM-DD`.
    public var date: String
    /// The electrode array, where the manifest names one.
    public var array: String?
    /// Width of a bin in milliseconds.
    public var binMilliseconds: Double
    /// Whether the values are spike counts or continuous signals.
    public var signal: Signal
    public var trialCount: Int
    public var binCount: Int
    /// The first `encodedBinCount` bins are seen by the encoder; later ones are forward-predicted.
    public var encodedBinCount: Int
    public var units: [Unit]
    /// Counts per bin (or signal values), `[trialCount, binCount, units.count]`.
    public var values: [Float]
    /// One entry per trial, in the order in which the trials were recorded.
    public var trials: [Trial]
    /// Behaviour by channel, `[trialCount, binCount, behaviorNames.count]`; NaN where not measured.
    public var behaviorNames: [String]
    public var behavior: [Float]
    /// External inputs to the generator, `[trialCount, binCount, externalInputNames.count]`.
    public var externalInputNames: [String]
    public var externalInputs: [Float]
    /// True rates in Hz where they are known (synthetic data), shaped like `values`; NaN for trials
    /// whose truth is not known. `nil` for real recordings.
    public var trueRates: [Float]?
    /// Only for a continuous recording: which windows of it the trials are.
    public var chop: Chop?
    /// Where the recording came from: source path, format, attributes of the source, removed units.
    public var provenance: [String: String]

    /// Extents of `values`: trials, bins, units.
    public var valuesShape: [Int] { [trialCount, binCount, units.count] }

    public enum Signal: String, Sendable, Codable { case counts, continuous }

    public struct Unit: Sendable, Equatable, Codable {
        /// Name of the unit in the source (electrode or cluster id), unique within the recording.
        public var name: String
        /// A held-out unit is reconstructed but never shown to the encoder (co-smoothing).
        public var heldOut: Bool
        public init(name: String, heldOut: Bool = false) {
            self.name = name
            self.heldOut = heldOut
        }
    }

    public struct Trial: Sendable, Equatable, Codable {
        /// Identifier in the source, unique within the recording.
        public var identifier: Int
        /// Label shared between days, `nil` for a recording without conditions.
        public var condition: String?
        public var split: Split
        public init(identifier: Int, condition: String?, split: Split) {
            self.identifier = identifier
            self.condition = condition
            self.split = split
        }
    }

    public enum Split: String, Sendable, Codable { case train, valid }

    public init(
        session: String, subject: String, date: String, array: String? = nil,
        binMilliseconds: Double, signal: Signal = .counts, trialCount: Int, binCount: Int,
        encodedBinCount: Int? = nil, units: [Unit], values: [Float], trials: [Trial],
        behaviorNames: [String] = [], behavior: [Float] = [], externalInputNames: [String] = [],
        externalInputs: [Float] = [], trueRates: [Float]? = nil,
        chop: Chop? = nil, provenance: [String: String] = [:]
    ) {
        self.session = session
        self.subject = subject
        self.date = date
        self.array = array
        self.binMilliseconds = binMilliseconds
        self.signal = signal
        self.trialCount = trialCount
        self.binCount = binCount
        self.encodedBinCount = encodedBinCount ?? binCount
        self.units = units
        self.values = values
        self.trials = trials
        self.behaviorNames = behaviorNames
        self.behavior = behavior
        self.externalInputNames = externalInputNames
        self.externalInputs = externalInputs
        self.trueRates = trueRates
        self.chop = chop
        self.provenance = provenance
    }
}
