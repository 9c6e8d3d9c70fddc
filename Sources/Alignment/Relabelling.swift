/// Another meaning that the labels of a day could have: those of targets on a circle, counted the other way
/// round or from another target.
struct Relabelling: Equatable {
    /// Whether the circle is run through the other way round.
    let isMirror: Bool
    /// By place in the list of conditions: the place of this day's label for what the others call so.
    let own: [Int]

    /// The labels as they are.
    static func none(_ list: ConditionList) -> Relabelling {
        Relabelling(isMirror: false, own: Array(list.names.indices))
    }

    /// More conditions than these stand on no circle whose every turn is worth a try.
    private static let mostConditions = 32

    /// All turns and mirror images of the conditions in the order of their labels, numbers by value; without
    /// the labels as they are.
    static func all(_ list: ConditionList) -> [Relabelling] {
        let count = list.names.count
        guard count >= ConditionGeometry.fewestConditions, count <= mostConditions else { return [] }
        let circle = list.names.indices.sorted { precedes(list.names[$0], list.names[$1]) }
        func relabelling(isMirror: Bool, _ turned: (Int) -> Int) -> Relabelling {
            var own = [Int](repeating: 0, count: count)
            for (position, place) in circle.enumerated() { own[place] = circle[turned(position) % count] }
            return Relabelling(isMirror: isMirror, own: own)
        }
        return (1..<count).map { turn in relabelling(isMirror: false) { $0 + turn } }
            + (0..<count).map { axis in relabelling(isMirror: true) { axis + count - $0 } }
    }

    /// Numbers by value and before words.
    private static func precedes(_ a: String, _ b: String) -> Bool {
        switch (Double(a), Double(b)) {
        case (let x?, let y?): x == y ? a < b : x < y
        case (nil, nil): a < b
        case (let x, _): x != nil
        }
    }

    /// Which conditions of two days are compared under it: indices here, and there; `nil` where they are too few.
    func pairs(_ here: ConditionPattern, _ there: ConditionPattern) -> (here: [Int], there: [Int])? {
        let places = Dictionary(uniqueKeysWithValues: here.conditions.enumerated().map { ($1, $0) })
        var pairs: (here: [Int], there: [Int]) = ([], [])
        for (index, place) in there.conditions.enumerated() {
            guard let match = places[own[place]] else { continue }
            pairs.here.append(match)
            pairs.there.append(index)
        }
        return pairs.here.count >= ConditionGeometry.fewestConditions ? pairs : nil
    }

    /// "its 1 is their 7, …": the first few that change.
    func examples(_ list: ConditionList) -> String {
        let changed = own.indices.filter { own[$0] != $0 }
            .sorted { Self.precedes(list.names[own[$0]], list.names[own[$1]]) }
        return changed.prefix(3).map { "its \(list.names[own[$0]]) is their \(list.names[$0])" }
            .joined(separator: ", ") + (changed.count > 3 ? ", …" : "")
    }
}
