import LinearAlgebra

/// Smoothed condition averages of all sessions side by side: what principal components are taken of.
struct AveragesSideBySide {
    /// Conditions of the rows, as places in the list of conditions, ascending.
    let places: [Int]
    /// Names of these.
    let conditions: [String]
    /// Bins of every average.
    let binCount: Int
    /// `[conditions · bins, encoded units of all sessions]`, every unit around its own mean over the conditions
    /// that its day has; nought where a session lacks a condition.
    let data: Matrix
    /// Where sessions lack conditions.
    let missing: [(rows: Range<Int>, columns: Range<Int>)]

    /// - Parameter count: sessions that must have a condition, for it to stand among the rows.
    init(_ averages: [SmoothedAverages], sharedBy count: Int) {
        let bins = averages.first?.binCount ?? 0
        var owners: [Int: Int] = [:]
        var names: [Int: String] = [:]
        for average in averages {
            for (place, name) in zip(average.places, average.conditions) {
                owners[place, default: 0] += 1
                names[place] = name
            }
        }
        let places = owners.filter { $0.value >= count }.map(\.key).sorted()
        let row = Dictionary(uniqueKeysWithValues: places.enumerated().map { ($1, $0 * bins) })
        let columns = averages.reduce(0) { $0 + $1.encodedUnitCount }
        var data = Matrix(zeros: places.count * bins, columns)
        var missing: [(rows: Range<Int>, columns: Range<Int>)] = []
        var first = 0
        for average in averages {
            let units = average.encodedUnitCount
            let own = Set(average.places)
            // The unit's mean over the conditions that its day has.
            var means = [Double](repeating: 0, count: units)
            var rows = 0
            for (index, place) in average.places.enumerated() where row[place] != nil {
                for t in 0..<bins {
                    for j in 0..<units { means[j] += average.smoothed[index * bins + t, j] }
                }
                rows += bins
            }
            for j in 0..<units { means[j] /= Double(max(rows, 1)) }
            for (index, place) in average.places.enumerated() {
                guard let start = row[place] else { continue }
                for t in 0..<bins {
                    for j in 0..<units {
                        data[start + t, first + j] = average.smoothed[index * bins + t, j] - means[j]
                    }
                }
            }
            for place in places where !own.contains(place) {
                if let start = row[place] {
                    missing.append((start..<(start + bins), first..<(first + units)))
                }
            }
            first += units
        }
        self.places = places
        conditions = places.compactMap { names[$0] }
        binCount = bins
        self.data = data
        self.missing = missing
    }
}

/// What of condition averages principal components are taken of.
struct SmoothedAverages: Sendable {
    /// Places in the list of conditions.
    let places: [Int]
    /// Names of these.
    let conditions: [String]
    let binCount: Int
    let encodedUnitCount: Int
    /// `[conditions · bins, units]`
    let smoothed: Matrix

    init(_ averages: ConditionAverages) {
        places = averages.places
        conditions = averages.conditions
        binCount = averages.binCount
        encodedUnitCount = averages.encodedUnitCount
        smoothed = averages.smoothed
    }
}
