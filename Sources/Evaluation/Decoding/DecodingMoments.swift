import LinearAlgebra

/// What regressions of a plan's channels on features need, in groups of channels that share their regressors: a system
/// of equations is then solved once for all of them.
struct DecodingMoments: Sendable {
    /// Channels that were measured in the same bins, and so have the same regressors.
    struct Group: Sendable {
        /// Places in the plan.
        let channels: [Int]
        /// By fold; the targets are the channels.
        let folds: [SecondMoments]
    }

    /// A channel is in one group at most; one that was not measured at all is in none.
    let groups: [Group]

    /// Whether a channel was measured.
    func has(_ channel: Int) -> Bool { groups.contains { $0.channels.contains(channel) } }

    /// The moments of several days, fold by fold, of some channels.
    ///
    /// - Parameter channels: places in the plan of those that are wanted.
    static func sum(_ days: [DecodingMoments], channels: [Int], folds: Int) -> DecodingMoments {
        /// On which days a channel stands in which group.
        func places(_ channel: Int) -> [Int?] {
            days.map { day in day.groups.firstIndex { $0.channels.contains(channel) } }
        }
        let byPlaces = Dictionary(grouping: channels, by: places)
        let groups = byPlaces.sorted { $0.value[0] < $1.value[0] }.compactMap { places, together -> Group? in
            let sums = (0..<folds).compactMap { fold in
                SecondMoments.sum(
                    zip(days, places).lazy.compactMap { day, place -> SecondMoments? in
                        guard let place else { return nil }
                        let group = day.groups[place]
                        guard fold < group.folds.count else { return nil }
                        let targets = together.compactMap { group.channels.firstIndex(of: $0) }
                        return targets.count == group.channels.count
                            ? group.folds[fold] : group.folds[fold].selecting(targets: targets)
                    })
            }
            return sums.isEmpty ? nil : Group(channels: together, folds: sums)
        }
        return DecodingMoments(groups: groups)
    }
}
