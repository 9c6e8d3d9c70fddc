import Messages

/// What behaviour and same-named units say of a day's labels: whether they mean what the other days' mean, or
/// are mirrored or turned, and who says otherwise.
///
/// The days' neurons by themselves can't tell targets on a circle from their mirror image, and a behaviour
/// channel whose axes are exchanged can be made to agree with wrong labels. So each witness is heard by itself.
struct LabelWitnesses {
    /// Units that the days name alike, where these are the same electrodes.
    struct Units {
        let count: Int
        /// Mean correlation of condition averages under the labels as they are, and under each relabelling.
        let correlations: [Double]
        /// By how many standard errors each is better than the labels.
        let standardErrors: [Double]
    }

    /// One behaviour channel.
    struct Channel {
        let name: String
        /// Correlation with the other days under the labels as they are, and under each relabelling.
        let correlations: [Double]

        /// Whether it says a relabelling, and not the labels.
        func prefers(_ index: Int, to other: Int) -> Bool {
            correlations[index] >= ConditionAgreement.warningBelow
                && correlations[index] >= correlations[other] + 0.3
        }
    }

    let units: Units?
    let channels: [Channel]
    /// The labels as they are first.
    let relabellings: [Relabelling]
    /// Whether the day's conditions lie to each other as on the other days.
    let isGeometryKept: Bool

    /// The relabelling that units, or without them most channels, clearly prefer; 0 for none.
    ///
    /// Units: better than the labels by a quarter of its own correlation, and by three standard errors.
    /// Channels: more of them prefer it to the labels than prefer the labels to it. Labels in any other disorder
    /// also agree with some turn of theirs better than by chance; so it must leave the geometry of the conditions
    /// as it is, as turns of a circle do, or make nearly all behaviour agree.
    var better: Int {
        let best = preferred
        guard best > 0, !isGeometryKept else { return best }
        let values = channels.map { $0.correlations[best] }.filter(\.isFinite)
        return values.reduce(0, +) > 0.7 * Double(max(values.count, 1)) ? best : 0
    }

    private var preferred: Int {
        let others = relabellings.indices.dropFirst()
        if let units {
            let best = others.filter { units.correlations[$0].isFinite }
                .max { units.correlations[$0] < units.correlations[$1] }
            guard let best, units.correlations[best] > 0,
                units.correlations[best] - units.correlations[0] > 0.25 * units.correlations[best],
                units.standardErrors[best] > 3
            else { return 0 }
            return best
        }
        func mean(_ index: Int) -> Double {
            channels.reduce(0) { $0 + ($1.correlations[index].isFinite ? $1.correlations[index] : 0) }
        }
        guard let best = others.max(by: { mean($0) < mean($1) }) else { return 0 }
        let against = channels.count { $0.prefers(best, to: 0) }
        return against > channels.count { $0.prefers(0, to: best) } ? best : 0
    }

    /// What to tell the user of labels that are mirrored or turned; `nil` where no such thing fits better.
    func warning(session: String, _ list: ConditionList, otherDays: Int) -> String? {
        let index = better
        guard index > 0 else { return nil }
        let kind = relabellings[index].isMirror ? "mirrored" : "turned"
        let against = channels.filter { $0.prefers(index, to: 0) }
        let alone = channels.filter { $0.prefers(0, to: index) }
        var witnesses: [String] = []
        if let units {
            witnesses.append(
                "\(units.count) units that the days name alike (tuning correlates \(rounded(units.correlations[0])), "
                    + "\(kind) \(rounded(units.correlations[index])))")
        }
        if !against.isEmpty {
            func mean(_ k: Int) -> String {
                rounded(against.reduce(0) { $0 + $1.correlations[k] } / Double(against.count))
            }
            witnesses.append(
                "behaviour in \(Self.names(against)) (correlation \(mean(0)), \(kind) \(mean(index)))")
        }
        return
            "session \(session): its labels are \(kind) against " + witnesses.joined(separator: " and ")
            + (otherDays == 1 ? " of the other day, or the other day's are" : " of the other days")
            + ": \(relabellings[index].examples(list))"
            + (alone.isEmpty
                ? ""
                : "; behaviour in \(Self.names(alone)) agrees with the labels and stands alone with them: check "
                    + (alone.count == 1 ? "whether it means" : "whether these channels mean")
                    + " the same on all days, or were exchanged")
            + "; check which field `condition` names"
    }

    /// What same-named units say where behaviour disagrees with the labels; empty without such units.
    var unitsAgree: String {
        guard let units, preferred == 0, units.correlations[0] > 0 else { return "" }
        return
            "; \(units.count) units that the days name alike are tuned as the labels say (correlation "
            + "\(rounded(units.correlations[0])))"
    }

    private static func names(_ channels: [Channel]) -> String {
        let names = channels.map(\.name)
        return names.count <= 4
            ? names.joined(separator: ", ")
            : names.prefix(3).joined(separator: ", ") + " and \(names.count - 3) more"
    }
}
