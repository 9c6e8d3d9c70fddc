import Foundation
import LFADS
import LinearAlgebra
public import Registry
import Stitching

/// Condition-averaged factors of every day of a run, in the two directions in which they vary most.
public struct ConditionTrajectories: Sendable {
    public struct Day: Sendable {
        public let session: String
        public let date: String
        /// By place in `conditions`: `[bins]` points in the plane; `nil` where the day lacks it.
        public let curves: [[(x: Double, y: Double)]?]
    }

    /// In the order of their first appearance.
    public let conditions: [String]
    public let days: [Day]
    /// Share of the averages' variance along each of the two directions.
    public let explainedShare: [Double]

    /// The plane is that of the two leading principal components of all days' averages together.
    ///
    /// - Throws: errors of the rooms below.
    public init(run: String, in registry: SessionRegistry, threads: Int) throws {
        var names: [String] = []
        var sums: [[String: [Double]]] = []
        var counts: [[String: Double]] = []
        var records: [SessionRecord] = []
        var width = 0
        var bins = 0
        for record in try registry.sessions(ofRun: run) {
            let query = try FactorQuery(
                run: run, session: record.name, in: registry, threads: threads)
            let trials = Array(query.recording.trials.indices)
            let inferred = try query.infer(trials: trials, quantities: .factors)
            width = query.settings.model.factorCount
            bins = inferred.binCount
            let size = width * bins
            var sum: [String: [Double]] = [:]
            var count: [String: Double] = [:]
            for trial in trials {
                // A day without labels has one average over everything.
                let condition = query.recording.trials[trial].condition ?? "all trials"
                if !names.contains(condition) { names.append(condition) }
                var total = sum[condition] ?? [Double](repeating: 0, count: size)
                for i in 0..<size { total[i] += Double(inferred.factors[trial * size + i]) }
                sum[condition] = total
                count[condition, default: 0] += 1
            }
            sums.append(sum)
            counts.append(count)
            records.append(record)
        }

        var rows: [Double] = []
        var places: [(day: Int, condition: Int)] = []
        for day in sums.indices {
            for (index, name) in names.enumerated() {
                guard let sum = sums[day][name], let count = counts[day][name] else { continue }
                rows += sum.map { $0 / count }
                places.append((day, index))
            }
        }
        let data = Matrix(rows: places.count * bins, columns: width, values: rows)
        let centred = data.subtracting(rowVector: data.columnMeans)
        let analysis = try PrincipalComponents(of: centred, count: 2)
        let scores = analysis.scores(of: centred)
        var curves = records.map { _ in [[(x: Double, y: Double)]?](repeating: nil, count: names.count) }
        for (index, place) in places.enumerated() {
            curves[place.day][place.condition] = (0..<bins).map { t in
                let row = index * bins + t
                return (scores[row, 0], scores.columns > 1 ? scores[row, 1] : 0)
            }
        }
        conditions = names
        explainedShare = analysis.explainedShare
        days = zip(records, curves).map { Day(session: $0.name, date: $0.date, curves: $1) }
    }
}

extension ConditionTrajectories {
    /// As measured elsewhere.
    init(conditions: [String], days: [Day], explainedShare: [Double]) {
        self.conditions = conditions
        self.days = days
        self.explainedShare = explainedShare
    }
}
