/// One recording day: spike counts of every trial with all that the lab knows about it.
///
/// Everything is trial-major and row-major. A recording knows nothing of models or registries. What
/// `metadata` holds is read and set through the recording itself: `recording.trials[3].condition`.
public struct Recording: Sendable, Equatable {
    /// What is known beside the arrays.
    public var metadata: RecordingMetadata
    /// Counts per bin (or signal values), `[trialCount, binCount, units.count]`; NaN where a sample was not observed.
    public var values: [Float]
    /// Behaviour by channel, `[trialCount, binCount, behaviorNames.count]`; NaN where not measured.
    public var behavior: [Float]
    /// External inputs to the generator, `[trialCount, binCount, externalInputNames.count]`.
    public var externalInputs: [Float]
    /// True rates in Hz where they are known (synthetic data), shaped like `values`; NaN for trials
    /// whose truth is not known. `nil` for real recordings.
    public var trueRates: [Float]?

    /// Puts a recording together from its arrays and what is known of them.
    public init(
        _ metadata: RecordingMetadata, values: [Float], behavior: [Float] = [],
        externalInputs: [Float] = [], trueRates: [Float]? = nil
    ) {
        self.metadata = metadata
        self.values = values
        self.behavior = behavior
        self.externalInputs = externalInputs
        self.trueRates = trueRates
    }

    /// Puts a recording together from everything that there is to say of it.
    ///
    /// - Parameters:
    ///   - session: unique name of the session.
    ///   - subject: name of the subject.
    ///   - date: ISO 8601 calendar date, `YYYY-MM-DD`.
    ///   - array: the electrode array.
    ///   - binMilliseconds: width of a bin.
    ///   - signal: whether the values are counts or continuous.
    ///   - trialCount: trials of the recording.
    ///   - binCount: bins of every trial.
    ///   - encodedBinCount: leading bins that the encoder sees; `nil` for all bins.
    ///   - units: one entry per column of `values`.
    ///   - values: counts per bin, `[trials, bins, units]`, row-major; NaN where a sample was not observed.
    ///   - trials: one entry per trial, in recorded order.
    ///   - behaviorNames: names of the behaviour channels.
    ///   - behavior: `[trials, bins, channels]`, row-major; NaN where not measured.
    ///   - externalInputNames: names of the external inputs.
    ///   - externalInputs: `[trials, bins, inputs]`, row-major.
    ///   - trueRates: Hz, shaped like `values`, where they are known.
    ///   - chop: only for a continuous recording: which windows of it the trials are.
    ///   - provenance: where the recording came from.
    public init(
        session: String, subject: String, date: String, array: String? = nil,
        binMilliseconds: Double, signal: Signal = .counts, trialCount: Int, binCount: Int,
        encodedBinCount: Int? = nil, units: [Unit], values: [Float], trials: [Trial],
        behaviorNames: [String] = [], behavior: [Float] = [], externalInputNames: [String] = [],
        externalInputs: [Float] = [], trueRates: [Float]? = nil,
        chop: Chop? = nil, provenance: [String: String] = [:]
    ) {
        self.init(
            RecordingMetadata(
                session: session, subject: subject, date: date, array: array,
                binMilliseconds: binMilliseconds, signal: signal, trialCount: trialCount,
                binCount: binCount, encodedBinCount: encodedBinCount, units: units, trials: trials,
                behaviorNames: behaviorNames, externalInputNames: externalInputNames, chop: chop,
                provenance: provenance),
            values: values, behavior: behavior, externalInputs: externalInputs, trueRates: trueRates)
    }

    /// What the values of a recording are.
    public enum Signal: String, Sendable, Codable {
        /// Spikes in each bin.
        case counts
        /// A measured signal, any finite numbers.
        case continuous
    }

    /// A neuron, or the threshold crossings of an electrode.
    public struct Unit: Sendable, Equatable, Codable {
        /// Name of the unit in the source (electrode or cluster id), unique within the recording.
        public var name: String
        /// A held-out unit is reconstructed but never shown to the encoder (co-smoothing).
        public var heldOut: Bool

        /// Describes a unit.
        public init(name: String, heldOut: Bool = false) {
            self.name = name
            self.heldOut = heldOut
        }
    }

    /// One trial, or one window of a continuous recording.
    public struct Trial: Sendable, Equatable, Codable {
        /// Identifier in the source, unique within the recording.
        public var identifier: Int
        /// Label shared between days, `nil` for a recording without conditions.
        public var condition: String?
        /// Whether it is trained on.
        public var split: Split

        /// Describes a trial.
        public init(identifier: Int, condition: String?, split: Split) {
            self.identifier = identifier
            self.condition = condition
            self.split = split
        }
    }

    /// What a trial is for: to train on, to choose by, or to test what came of it.
    public enum Split: String, Sendable, Codable, CaseIterable {
        /// To train on.
        case train
        /// Held out: to choose the best epoch by, and to evaluate where there are no test trials.
        case valid
        /// To evaluate alone: neither training nor any choice sees it.
        case test
    }
}
