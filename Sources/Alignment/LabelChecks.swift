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

    /// - Parameters:
    ///   - averages: of each session; `nil` where it has no labels.
    ///   - smoothingMilliseconds: standard deviation of the smoothing.
    ///   - threads: days that are looked at at once.
    init(
        _ sessions: [AlignableSession], _ averages: [ConditionAverages?], _ list: ConditionList,
        smoothingMilliseconds: Double, threads: Int
    ) throws {
        let channels = ConditionAgreement.commonChannels(sessions)
        func ofEveryDay<Value: Sendable>(_ find: @escaping @Sendable (Int) throws -> Value) throws -> [Value]
        {
            try SideBySide.map(sessions.count, threads: threads, find)
        }
        let behavior = try ofEveryDay { day in
            channels.isEmpty ? nil : BehaviorPattern(sessions[day], list, channels: channels)
        }
        let agreements = try ConditionAgreement.all(behavior, list, channels: channels, threads: threads)
        guard sessions.count > 1 else {
            ofDays = agreements.map { OfDay(agreement: $0, geometry: nil, isUntestable: false, warning: nil) }
            notes = []
            return
        }
        let stretches = ConditionPattern.stretches(
            conditions: list.names.count, bins: sessions.map(\.counts.binCount).min() ?? 1)
        let patterns = try ofEveryDay { day in
            averages[day].map {
                ConditionPattern($0, units: sessions[day].counts.columns.names, stretches: stretches)
            }
        }
        let behaviorPatterns = behavior.map { pattern in
            pattern.map { ConditionPattern($0, channels: channels, stretches: stretches) }
        }
        let relabellings = [Relabelling.none(list)] + Relabelling.all(list)
        let others = sessions.indices.map { ConditionGeometry.others(of: $0, count: sessions.count) }
        let namedAlike = try Self.namedAlike(
            sessions, patterns, others, relabellings, smoothingMilliseconds: smoothingMilliseconds,
            threads: threads)
        let geometries = try ofEveryDay { day in
            patterns[day].flatMap { own in
                ConditionGeometry(
                    own, others: others[day].compactMap { patterns[$0] },
                    key: RandomStream.key(for: sessions[day].name))
            }
        }
        @Sendable func witnesses(_ index: Int, leavingOut left: Set<Int> = []) -> LabelWitnesses {
            LabelWitnesses(
                units: Self.together(
                    namedAlike.filter {
                        $0.day == index && $0.electrodes.areBelieved && !left.contains($0.other)
                    }.map(\.units),
                    relabellings.count),
                channels: Self.channels(
                    behaviorPatterns[index],
                    others[index].filter { !left.contains($0) }.compactMap { behaviorPatterns[$0] },
                    relabellings),
                relabellings: relabellings, isGeometryKept: geometries[index]?.isByChance == false)
        }
        let first = try ofEveryDay { witnesses($0) }
        var relabelled = Set(sessions.indices.filter { first[$0].better > 0 })
        // A few days whose labels are found to be others are no reference for the rest, which would
        // seem to disagree with them.
        if 2 * relabelled.count >= sessions.count { relabelled = [] }
        let amongRest =
            relabelled.isEmpty
            ? agreements
            : try ConditionAgreement.all(
                behavior.enumerated().map { relabelled.contains($0) ? nil : $1 }, list, channels: channels,
                threads: threads)
        ofDays = sessions.indices.map { index in
            let name = sessions[index].name
            let isRelabelled = relabelled.contains(index)
            let agreement = isRelabelled ? agreements[index] : amongRest[index]
            let heard =
                isRelabelled || relabelled.isEmpty
                ? first[index] : witnesses(index, leavingOut: relabelled)
            return OfDay(
                agreement: agreement, geometry: geometries[index],
                isUntestable: patterns[index] != nil && geometries[index] == nil
                    && others[index].contains { patterns[$0] != nil },
                warning: heard.warning(session: name, list, otherDays: sessions.count - 1)
                    ?? agreement.warning(session: name, labelsAreRight: heard.unitsAgree))
        }
        notes =
            Self.note(
                namedAlike.filter { $0.other > $0.day && !$0.electrodes.areBelieved }.map {
                    (sessions[$0.day].name, sessions[$0.other].name, $0.electrodes)
                }
            ).map { [$0] } ?? []
    }

    /// Units that a day and another one name alike.
    private struct NamedAlike {
        let day: Int
        let other: Int
        let units: SameUnits
        let electrodes: SameElectrodes
    }

    /// - Parameter others: of each day, those that it is compared with.
    private static func namedAlike(
        _ sessions: [AlignableSession], _ patterns: [ConditionPattern?], _ others: [[Int]],
        _ relabellings: [Relabelling], smoothingMilliseconds: Double, threads: Int
    ) throws -> [NamedAlike] {
        let together = try SideBySide.map(sessions.count, threads: threads) {
            UnitsTogether(sessions[$0], smoothingMilliseconds: smoothingMilliseconds)
        }
        // Two days are mostly compared with each other, and asked once.
        let pairs = Array(
            Set(sessions.indices.flatMap { day in others[day].map { [min(day, $0), max(day, $0)] } }))
        let found = try SideBySide.map(pairs.count, threads: threads) {
            SameElectrodes(together[pairs[$0][0]], together[pairs[$0][1]])
        }
        let electrodes = Dictionary(uniqueKeysWithValues: zip(pairs, found))
        return try SideBySide.map(sessions.count, threads: threads) { day in
            others[day].compactMap { other -> NamedAlike? in
                guard let own = patterns[day], let there = patterns[other],
                    let known = electrodes[[min(day, other), max(day, other)]] ?? nil,
                    let units = SameUnits(own, there, relabellings: relabellings)
                else { return nil }
                return NamedAlike(day: day, other: other, units: units, electrodes: known)
            }
        }.flatMap { $0 }
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

    private static func note(
        _ days: [(session: String, other: String, electrodes: SameElectrodes)]
    ) -> String? {
        guard let first = days.first else { return nil }
        return
            "\(first.electrodes.count) units of the same name on \(first.session) and \(first.other)"
            + (days.count > 1 ? ", and those of \(days.count - 1) more pairs of days," : "")
            + " don't fire together alike (correlation \(rounded(first.electrodes.correlation)) over their pairs): they "
            + "are taken for different units, and say nothing of the labels"
    }
}
