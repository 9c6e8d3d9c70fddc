import Stitching

/// What to do about a day: a verdict and the numbers that lead to it.
public struct DriftReport: Sendable, Equatable, Codable {
    /// What to do about a day.
    public enum Verdict: String, Sendable, Codable, CaseIterable {
        /// The run fits the day.
        case useAsIs = "use as is"
        /// The run fits once the day has maps of its own.
        case extend
        /// No map makes the run fit.
        case retrain
        /// The numbers are good, and none of them could tell a wrong map.
        case undecided
    }

    /// What a day is to the run.
    public enum Membership: String, Sendable, Codable {
        /// The run was trained on it.
        case trained
        /// It joined the run later.
        case joined
        /// The run does not have it.
        case none = "not in the run"
    }

    /// Name of the run.
    public let run: String
    /// Name of the day's session.
    public let session: String
    /// ISO 8601 calendar date of the day.
    public let date: String
    /// What the day is to the run.
    public let membership: Membership
    /// What to do about the day.
    public let verdict: Verdict
    /// What led to the verdict, in sentences.
    public let reasons: [String]
    /// Before anything is fitted; `nil` for a day that can't be seen so.
    public let asItStands: DriftView?
    /// After an alignment in memory; `nil` where it was not needed or not possible.
    public let aligned: DriftView?

    /// - Parameters:
    ///   - parent: the run that a day joined.
    ///   - align: is asked only where the day can't be used as it stands.
    init(
        run: String, session: String, date: String, membership: Membership, parent: String? = nil,
        asItStands: DriftView?, remarks: [String] = [], align: () throws -> DriftView?
    ) rethrows {
        let isUsable = asItStands?.isInside ?? false
        let aligned = isUsable ? nil : try align()
        self.run = run
        self.session = session
        self.date = date
        self.membership = membership
        self.asItStands = asItStands
        self.aligned = aligned
        var reasons: [String] = []
        if let asItStands {
            reasons += asItStands.complaints.map { "as it stands, \($0)" }
            if membership != .none, !asItStands.isInside, asItStands.looksRight {
                reasons.append(Self.wrongMap)
            }
        } else {
            reasons.append(
                "no day of the run has \(ElectrodeView.fewestElectrodes) of its electrodes (units of the same name that fire "
                    + "together as they do here), so that it can't be seen as it stands")
        }
        if membership == .joined, !isUsable, aligned == nil {
            reasons.append("it has no labels in common with the run to align it by")
        }
        if let aligned { reasons += Self.reasons(aligned) }
        verdict = Self.verdict(asItStands, aligned)
        switch verdict {
        case .useAsIs: reasons.append("every number is inside what the trained days show")
        case .undecided: reasons.append(Self.cannotTell(aligned ?? asItStands))
        case .extend:
            if let parent { reasons.append("join it to run \(parent) again, by its labels") }
        case .retrain: break
        }
        self.reasons = reasons + remarks
    }

    private static func verdict(_ asItStands: DriftView?, _ aligned: DriftView?) -> Verdict {
        if let asItStands, asItStands.isInside {
            return asItStands.tellsMaps ? .useAsIs : .undecided
        }
        guard let aligned, aligned.isInside else { return .retrain }
        return aligned.tellsMaps ? .extend : .undecided
    }

    private static let wrongMap =
        "spikes and the distribution of states are as on trained days: the map is wrong (turned, "
        + "perhaps), not the dynamics"

    private static func reasons(_ aligned: DriftView) -> [String] {
        let isByLabels = aligned.maps == .alignedByLabels
        let how = "after an alignment \(isByLabels ? "by" : "without") labels"
        guard !aligned.isInside else {
            return ["\(how), every number that is known is inside what the trained days show"]
        }
        return aligned.complaints.map { "\(how), \($0)" }
            + (!isByLabels && aligned.looksRight
                ? [wrongMap + "; condition labels or shared electrodes would tell the right one"] : [])
    }

    private static func cannotTell(_ view: DriftView?) -> String {
        "every number that is known is inside, but nothing here can tell a turned map: bits per spike are "
            + "blind to it, and there is neither behaviour that can be decoded nor a condition in common"
            + (view?.electrodeAgreement.map {
                "; through shared electrodes its factors are others (R² \(rounded($0)))"
            } ?? ", nor are there shared electrodes")
    }

    private static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}
