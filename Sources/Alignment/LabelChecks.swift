import LinearAlgebra
import Messages

/// Whether labels mean the same on all days, by three witnesses: the neurons of each day (`ConditionGeometry`),
/// behaviour (`ConditionAgreement`), and units that the days name alike (`SameUnits`).
struct LabelChecks {
    /// What is said of one day.
    struct OfDay {
        /// By behaviour.
        let agreement: ConditionAgreement
        /// By neurons; `nil` for a day alone, without labels, or with too few conditions in common.
        let geometry: ConditionGeometry?
        /// Whether there are other days with labels, and none of them has conditions enough in common.
        let isUntestable: Bool
        /// What behaviour and same-named units have against its labels; `nil` where nothing.
        let warning: String?
    }

    /// In the order of the sessions.
    let ofDays: [OfDay]
    /// Which names of units are not believed.
    let notes: [String]

    /// - Parameter averages: of each session; `nil` where it has no labels.
    init(_ sessions: [AlignableSession], _ averages: [ConditionAverages?], _ list: ConditionList) {
        let channels = ConditionAgreement.commonChannels(sessions)
        let behavior = sessions.map { session in
            channels.isEmpty ? nil : BehaviorPattern(session, list, channels: channels)
        }
        let agreements = ConditionAgreement.all(behavior, list, channels: channels)
        guard sessions.count > 1 else {
            ofDays = agreements.map { OfDay(agreement: $0, geometry: nil, isUntestable: false, warning: nil) }
            notes = []
            return
        }
        let stretches = ConditionPattern.stretches(
            conditions: list.names.count, bins: sessions.map(\.counts.binCount).min() ?? 1)
        let patterns = zip(sessions, averages).map { session, averages in
            averages.map {
                ConditionPattern($0, units: session.counts.columns.names, stretches: stretches)
            }
        }
        let behaviorPatterns = behavior.map { pattern in
            pattern.map { ConditionPattern($0, channels: channels, stretches: stretches) }
        }
        let relabellings = [Relabelling.none(list)] + Relabelling.all(list)
        var notBelieved: [(session: String, other: String, units: SameUnits)] = []
        var ofDays: [OfDay] = []
        for index in sessions.indices {
            let session = sessions[index]
            guard let own = patterns[index] else {
                ofDays.append(OfDay(agreement: agreements[index], geometry: nil, isUntestable: false, warning: nil))
                continue
            }
            let others = ConditionGeometry.others(of: index, count: sessions.count)
            let geometry = ConditionGeometry(
                own, others: others.compactMap { patterns[$0] }, key: RandomStream.key(for: session.name))
            var same: [SameUnits] = []
            for other in others where sessions[other].unitNames == session.unitNames {
                guard let there = patterns[other],
                    let units = SameUnits(
                        own, there, relabellings: relabellings,
                        key: RandomStream.key(for: session.name + "\n" + sessions[other].name))
                else { continue }
                if units.isBelieved {
                    same.append(units)
                } else if other > index {
                    notBelieved.append((session.name, sessions[other].name, units))
                }
            }
            let witnesses = LabelWitnesses(
                units: Self.together(same, relabellings.count),
                channels: Self.channels(
                    behaviorPatterns[index], others.compactMap { behaviorPatterns[$0] }, relabellings),
                relabellings: relabellings)
            let warning =
                witnesses.warning(session: session.name, list, otherDays: sessions.count - 1)
                ?? agreements[index].warning(session: session.name).map { $0 + witnesses.unitsAgree }
            ofDays.append(
                OfDay(
                    agreement: agreements[index], geometry: geometry,
                    isUntestable: geometry == nil && others.contains { patterns[$0] != nil },
                    warning: warning))
        }
        self.ofDays = ofDays
        notes = Self.note(notBelieved).map { [$0] } ?? []
    }

    /// What units say against several days: means over these.
    private static func together(_ days: [SameUnits], _ count: Int) -> LabelWitnesses.Units? {
        guard let most = days.map(\.count).max() else { return nil }
        func mean(_ value: (SameUnits) -> Double) -> Double {
            let values = days.map(value).filter { !$0.isNaN }
            return values.isEmpty ? .nan : values.reduce(0, +) / Double(values.count)
        }
        return LabelWitnesses.Units(
            count: most, correlations: (0..<count).map { k in mean { $0.correlations[k] } },
            standardErrors: (0..<count).map { k in mean { $0.standardErrors[k] } })
    }

    /// Behaviour under every relabelling, medians over the other days; without channels that tell nothing.
    private static func channels(
        _ own: ConditionPattern?, _ others: [ConditionPattern], _ relabellings: [Relabelling]
    ) -> [LabelWitnesses.Channel] {
        guard let own else { return [] }
        // By relabelling, then other day: correlations of all channels.
        let correlations = relabellings.map { relabelling in
            others.compactMap { other in
                relabelling.pairs(own, other).map { pairs in
                    let (here, there) = (own.rows(pairs.here), other.rows(pairs.there))
                    return own.channels.indices.map { channel in
                        let (a, b) = (here.row(channel), there.row(channel))
                        // A row of noughts is a channel that tells nothing.
                        guard a.contains(where: { $0 != 0 }), b.contains(where: { $0 != 0 }) else {
                            return Double.nan
                        }
                        return zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
                    }
                }
            }
        }
        return own.channels.indices.compactMap { channel in
            let values = correlations.map { days in
                let sorted = days.map { $0[channel] }.filter { !$0.isNaN }.sorted()
                return sorted.isEmpty ? Double.nan : sorted[sorted.count / 2]
            }
            return values[0].isNaN
                ? nil : LabelWitnesses.Channel(name: own.channels[channel], correlations: values)
        }
    }

    private static func note(_ days: [(session: String, other: String, units: SameUnits)]) -> String? {
        guard let first = days.first else { return nil }
        return
            "\(first.units.count) units of the same name on \(first.session) and \(first.other)"
            + (days.count > 1 ? ", and those of \(days.count - 1) more pairs of days," : "")
            + " are tuned no more alike than units paired at random (correlation "
            + "\(rounded(first.units.correlations[0])), chance \(rounded(first.units.chance))): they are taken for "
            + "different units, and say nothing of the labels"
    }
}
