/// What is left out where there is more than an eye can take in or a page should carry. Every part of
/// a page that leaves something out says so.
enum Thinning {
    /// Days that are drawn together, over each other or side by side; every day can be chosen where one is looked at.
    static let days = 12
    static let conditionsInSpace = 16
    /// Where curves lie over each other in a plane.
    static let conditionsInPlane = 8
    /// Single trials a day in the space of factors.
    static let trialsInSpace = 32
    /// Of every day, for spikes and rates.
    static let units = 4
    static let rasterTrials = 48
    static let bins = 120
    /// Of a continuous recording.
    static let courseBins = 500
    static let courseUnits = 40
    static let decodedTrials = 10
    static let scatteredPoints = 400
    static let epochs = 300
    static let components = 6
    static let planeDays = 6
    static let comparedSessions = 30
    static let tableSessions = 8

    /// At most `most` of 0..<count, evenly spread.
    static func evenly(_ count: Int, most: Int) -> [Int] {
        count <= most ? Array(0..<count) : (0..<most).map { $0 * count / most }
    }

    /// As many of each kind as of any other, as far as there are any, spread evenly over each; in their
    /// order.
    static func balanced<Kind: Hashable>(_ kinds: [Kind], most: Int) -> [Int] {
        var byKind: [Kind: [Int]] = [:]
        var order: [Kind] = []
        for (place, kind) in kinds.enumerated() {
            if byKind[kind] == nil { order.append(kind) }
            byKind[kind, default: []].append(place)
        }
        var shares: [Kind: Int] = [:]
        var left = min(most, kinds.count)
        while left > 0 {
            for kind in order where left > 0 && shares[kind, default: 0] < byKind[kind]?.count ?? 0 {
                shares[kind, default: 0] += 1
                left -= 1
            }
        }
        return order.flatMap { kind -> [Int] in
            let places = byKind[kind] ?? []
            return evenly(places.count, most: shares[kind] ?? 0).map { places[$0] }
        }.sorted()
    }
}

/// A trial's bins joined into windows where there are too many to draw.
struct TimeWindows {
    let windows: [Range<Int>]
    /// Middles, milliseconds from the trial's beginning.
    let milliseconds: [Double]

    init(bins: Int, binMilliseconds: Double, most: Int = Thinning.bins) {
        let size = max(1, (bins + most - 1) / most)
        windows = stride(from: 0, to: bins, by: size).map { $0..<min($0 + size, bins) }
        milliseconds = windows.map {
            (Double($0.lowerBound) + Double($0.upperBound)) / 2 * binMilliseconds
        }
    }

    /// - Parameter value: of a bin.
    func means(_ value: (Int) -> Double) -> [Double] {
        windows.map { window in window.reduce(0) { $0 + value($1) } / Double(window.count) }
    }

    func sums(_ value: (Int) -> Double) -> [Double] {
        windows.map { window in window.reduce(0) { $0 + value($1) } }
    }

    func means(_ values: [Double]) -> [Double] { means { values[$0] } }
}

/// How much is drawn of each day where one is looked at: less where there are many, so that a page of hundreds of days
/// is no larger than a browser likes.
struct DayDetail {
    /// Days of which all is drawn.
    private static let daysInFull = 60.0
    private let share: Double

    init(days: Int) { share = min(1, Self.daysInFull / Double(max(days, 1))) }

    private func part(of most: Int, least: Int) -> Int { max(least, Int((share * Double(most)).rounded())) }

    var units: Int { part(of: Thinning.units, least: 1) }
    var rasterTrials: Int { part(of: Thinning.rasterTrials, least: 12) }
    var decodedTrials: Int { part(of: Thinning.decodedTrials, least: 3) }
    var scatteredPoints: Int { part(of: Thinning.scatteredPoints, least: 80) }
}
