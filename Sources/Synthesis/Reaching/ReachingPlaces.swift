import LinearAlgebra

/// Who is recorded on a day: which units, since when, which of them as one. A place of the array holds one
/// unit at a time.
struct ReachingPlaces: Sendable, Equatable {
    /// By place of the array: the day on which its unit came, counted from 0.
    let origins: [Int]
    /// Places that are recorded, in ascending order.
    let recorded: [Int]
    /// By place: another one whose unit is recorded with it.
    let merged: [Int: Int]

    init(day: Int, settings: ReachingSettings) {
        let count = settings.units
        var origins = [Int](repeating: 0, count: count)
        let renewed = count - Int((settings.keptShare * Double(count)).rounded())
        for later in stride(from: 1, through: day, by: 1) where renewed > 0 {
            let order = settings.stream(later, .turnover)
                .permutation(count)
            for place in order.prefix(renewed) { origins[place] = later }
        }
        self.origins = origins
        let order = settings.stream(day, .merging)
            .permutation(count)
        let pairs = Int((settings.mergedShare * Double(count) / 2).rounded())
        var merged: [Int: Int] = [:]
        for pair in 0..<min(pairs, count / 2) { merged[order[2 * pair]] = order[2 * pair + 1] }
        let most = Int((settings.absentShare * Double(count)).rounded())
        let draw = settings.stream(day, .merging, item: 1)
            .uniforms(1)[0]
        let free = order.dropFirst(2 * merged.count)
        let absent = free.prefix(min(Int(draw * Double(most + 1)), max(0, free.count - 1)))
        self.merged = merged
        recorded = Set(0..<count).subtracting(merged.values).subtracting(absent).sorted()
    }

    /// `day3-unit07`: the seventh place, since the third day.
    func name(of place: Int) -> String {
        let text = String(place + 1)
        let digits = max(2, String(origins.count).count)
        return "day\(origins[place] + 1)-unit"
            + String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
