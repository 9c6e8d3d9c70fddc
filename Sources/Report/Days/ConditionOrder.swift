import Foundation

/// The conditions of a run in the order in which people count them, each with its colour on the page.
struct ConditionOrder {
    /// What a day without labels has: one condition.
    static let unlabelled = "all trials"

    let names: [String]
    private let places: [String: Int]

    init(_ labels: some Sequence<String>) {
        names = Set(labels).sorted {
            let order = $0.compare($1, options: [.numeric])
            return order == .orderedSame ? $0 < $1 : order == .orderedAscending
        }
        places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    }

    func place(_ name: String) -> Int { places[name] ?? names.count }

    func color(_ name: String) -> String {
        names.count == 1 ? Palette.accent : Palette.condition(place(name), of: names.count)
    }

    /// Evenly spread.
    func shown(most: Int) -> [String] {
        Thinning.evenly(names.count, most: most).map { names[$0] }
    }

    /// What a part of the page has to say that doesn't show all; empty where it does.
    func note(most: Int) -> [String] {
        names.count > most ? ["\(most) of \(names.count) conditions are drawn, evenly spread."] : []
    }
}
