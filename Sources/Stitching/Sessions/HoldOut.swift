import LinearAlgebra
import Messages
import Recordings

/// What a run keeps back beside the split of its sessions, so that it can be tested on it: units that
/// the encoder never sees, conditions that training never sees.
public struct HoldOut: Sendable, Equatable {
    /// Units that are reconstructed but not encoded (co-smoothing). [`held_out_units`]
    public var units = Units.none
    /// Labels whose trials take part in neither training nor validation. [`exclude_conditions`]
    public var conditions: [String] = []

    /// Which units are kept back.
    public enum Units: Sendable, Equatable {
        /// No unit.
        case none
        /// Of every session's units, above 0 and below 1.
        case share(Double)
        /// Units of these names, in every session that has them.
        case named([String])
        /// By session: where the same name is another unit on another day, as positions are. A session
        /// that isn't named, such as one that joins later, keeps none back.
        case namedBySession([String: [String]])
    }

    /// Keeps nothing back.
    public init() {}

    /// Which of a recording's units are not encoded: those of the recording itself and those kept back
    /// here.
    ///
    /// The share is drawn by the session's name alone, so that runs of other seeds keep back the same
    /// units, and from the units in the order of their content, so that it does not matter in which
    /// order a file lists them. At least one unit is kept back and one encoded.
    ///
    /// - Parameter order: places of the units by content.
    func heldOutUnits(of recording: RecordingMetadata, contentOrder order: [Int]) -> [Bool] {
        var result = recording.units.map(\.heldOut)
        func mark(_ names: [String]) {
            for (index, unit) in recording.units.enumerated() where names.contains(unit.name) {
                result[index] = true
            }
        }
        switch units {
        case .none: break
        case .named(let names):
            mark(names)
        case .namedBySession(let names):
            mark(names[recording.session] ?? [])
        case .share(let share):
            let candidates = order.filter { !result[$0] }
            let count = min(
                max(1, Int((share * Double(candidates.count)).rounded())), candidates.count - 1)
            let stream = RandomStream(
                seed: 0, key: RandomStream.key(for: recording.session), purpose: Self.purpose)
            for place in stream.permutation(candidates.count).prefix(max(count, 0)) {
                result[candidates[place]] = true
            }
        }
        return result
    }

    private static let purpose: UInt32 = 0x686f

    /// - Throws: `StitchingError.unknownHeldOutUnit`, `.unknownExcludedCondition`.
    func requireSensible(_ sessions: [PreparedSession]) throws {
        switch units {
        case .none, .share: break
        case .named(let names):
            let known = Set(sessions.flatMap { $0.recording.units.map(\.name) })
            for name in names where !known.contains(name) {
                throw StitchingError.unknownHeldOutUnit(name)
            }
        case .namedBySession(let names):
            for (session, names) in names.sorted(by: { $0.key < $1.key }) {
                let own = sessions.first { $0.name == session }?.recording.units.map(\.name) ?? []
                for name in names where !own.contains(name) {
                    throw StitchingError.unknownHeldOutUnit("\(name) of \(session)")
                }
            }
        }
        let labels = Set(sessions.flatMap { $0.recording.trials.compactMap(\.condition) })
        for condition in conditions where !labels.contains(condition) {
            throw StitchingError.unknownExcludedCondition(condition, known: labels.sorted())
        }
    }

    /// Without what only other sessions have: it would be refused of a run of these.
    func restricted(toSessions names: [String]) -> HoldOut {
        guard case .namedBySession(let units) = units else { return self }
        var result = self
        let kept = units.filter { names.contains($0.key) }
        result.units = kept.isEmpty ? .none : .namedBySession(kept)
        return result
    }
}
