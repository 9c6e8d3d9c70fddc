import Stitching

/// What a search does: the section `search` of a stitch manifest with nothing left open.
public struct SearchPlan: Sendable, Equatable, Codable {
    /// How settings are found.
    public enum Method: String, Sendable, Codable, CaseIterable {
        /// Population-based training (Jaderberg et al. 2017; for LFADS, Keshtkaran et al. 2022): members that do badly
        /// become copies of ones that do well, with changed settings, and train on.
        case pbt
        /// Settings drawn once.
        case random
        /// Every combination of the choices.
        case grid
    }

    /// Which members of a population become copies of which.
    public enum Exploit: String, Sendable, Codable, CaseIterable {
        /// The worst quarter, of a member of the best quarter.
        case truncation
        /// Each meets another one and becomes a copy of it if that one is better.
        case tournament
    }

    /// What members are compared by, of held-out trials.
    public enum Objective: String, Sendable, Codable, CaseIterable {
        /// Mean over days of the bits per spike. [`bits_per_spike`]
        case bitsPerSpike = "bits_per_spike"
        /// Mean over days of the bits per spike of units that the run keeps back, by what it would be if it ended with the
        /// generation. [`co_smoothing`]
        case coSmoothing = "co_smoothing"
        /// Mean over days of the log-likelihood per element. [`likelihood`]
        case likelihood
    }

    /// [`method`]
    public var method = Method.pbt
    /// Of the population at its beginning; the first is trained as the manifest says. [`members`]
    public var members = 20
    /// Parts of equal length, as far as epochs can be divided, after which members are compared. [`generations`]
    public var generations = 10
    /// [`exploit`]
    public var exploit = Exploit.truncation
    /// Shares of all epochs after which the worse half of the members ends; `nil` = by how much there is to learn from.
    /// [`halve_at`]
    public var halvings: [Double]?
    /// `nil` = bits per spike of counts, likelihood of all else. [`objective`]
    public var objective: Objective?
    /// The search ends with the generation in which so many minutes are over; `nil` = when all epochs are done.
    /// [`minutes`]
    public var minutes: Double?
    /// What may change, and how far. [`space`]
    public var space = Self.defaultSpace

    enum CodingKeys: String, CodingKey {
        case method, members, generations, exploit, objective, minutes, space
        case halvings = "halve_at"
    }

    /// The default search.
    public init() {}

    /// What users of AutoLFADS search, and how fast the days' own maps learn.
    public static let defaultSpace: [SearchedSetting] = [
        SearchedSetting("model.dropout_rate", .linear(0...0.6)),
        SearchedSetting("train.lr_init", .logarithmic(5e-4...1e-2)),
        SearchedSetting("train.lr_readin_scale", .logarithmic(0.02...1)),
        SearchedSetting("train.lr_readout_scale", .logarithmic(0.02...1)),
        SearchedSetting("train.cd_rate", .linear(0.01...0.7)),
        SearchedSetting("train.kl_ic_scale", .logarithmic(1e-7...1e-4)),
        SearchedSetting("train.kl_co_scale", .logarithmic(1e-6...1e-4)),
        SearchedSetting("train.l2_gen_scale", .logarithmic(1e-3...10)),
        SearchedSetting("train.l2_con_scale", .logarithmic(1e-4...1)),
    ]

    /// Training trials from which on members are worth their time only as long as they are promising.
    static let manyTrials = 1000

    /// The plan with nothing left open.
    ///
    /// - Parameters:
    ///   - trainingTrials: of all days together.
    ///   - areCounts: whether the model is one of spikes.
    ///   - hasHeldOutUnits: whether some day has units that are not encoded.
    /// - Throws: `SearchError.doesNotSearch` for bits per spike of what are no spikes, or of units that nobody keeps
    ///   back.
    func resolved(
        trainingTrials: Int, areCounts: Bool = true, hasHeldOutUnits: Bool = false
    ) throws -> SearchPlan {
        var plan = self
        func refuse(_ reason: String) -> SearchError { .doesNotSearch(key: "objective", reason: reason) }
        if objective == .bitsPerSpike || objective == .coSmoothing, !areCounts {
            throw refuse("the model is none of spikes, so that there are no bits per spike; write likelihood")
        }
        if objective == .coSmoothing, !hasHeldOutUnits {
            throw refuse(
                "no unit is held out; say which ones are (held_out_units: 0.2, say), or leave it out")
        }
        plan.objective = objective ?? (areCounts ? .bitsPerSpike : .likelihood)
        if halvings == nil {
            plan.halvings =
                method != .pbt ? [0.125, 0.25, 0.5] : trainingTrials < Self.manyTrials ? [] : [0.25, 0.5]
        }
        return plan
    }

    /// Epochs that members have behind them at the end of each generation.
    func epochs(ofAll all: Int) -> [Int] {
        let count = max(min(generations, all), 1)
        return (1...count).map { all * $0 / count }
    }

    /// How many members go on after a generation.
    ///
    /// - Parameters:
    ///   - done: epochs behind them then.
    ///   - all: those of the whole training.
    func size(after done: Int, of all: Int) -> Int {
        let passed = (halvings ?? []).count { Double(done) >= $0 * Double(all) - 1e-9 }
        return (0..<passed).reduce(members) { size, _ in max((size + 1) / 2, 1) }
    }
}
