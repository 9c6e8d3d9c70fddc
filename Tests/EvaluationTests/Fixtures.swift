import Foundation
import LinearAlgebra
import Testing
import TrialArrays

@testable import Evaluation

/// Values that other software computed once: `Fixtures/metrics.json`, each entry with its inputs, the
/// results and a description of what computed them (nlb_tools 0.0.4, scikit-learn 1.9.1, numpy 2.4.6,
/// scipy 1.17.1).
enum Fixtures {
    static func entry(_ name: String) throws -> Entry {
        let file = try #require(
            Bundle.module.url(forResource: "metrics", withExtension: "json", subdirectory: "Fixtures"))
        let all = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
        return Entry(values: try #require(all?[name] as? [String: Any]))
    }

    struct Entry {
        let values: [String: Any]

        func number(_ key: String) throws -> Double { try #require(values[key] as? Double) }
        func count(_ key: String) throws -> Int { try #require(values[key] as? Int) }
        func numbers(_ key: String) throws -> [Double] {
            try #require(values[key] as? [NSNumber]).map(\.doubleValue)
        }
        func counts(_ key: String) throws -> [Int] {
            try #require(values[key] as? [NSNumber]).map(\.intValue)
        }
        func array(_ key: String, _ shape: [Int]) throws -> TrialArray {
            TrialArray(
                trials: shape[0], bins: shape[1], width: shape[2],
                values: try numbers(key).map { Float($0) })
        }
    }
}

extension TrialArray {
    /// An array whose trials and columns have no names of their own.
    init(trials: Int, bins: Int, width: Int, values: [Float]) {
        self.init(
            trials: TrialAxis(count: trials), bins: BinAxis(count: bins, milliseconds: 10),
            columns: ColumnAxis(.unit, count: width), values: values)
    }
}

extension ConditionMeans {
    /// - Parameter values: `[bins, width]` each, row by row.
    init(bins: Int, width: Int, values: [(name: String, average: [Double])]) {
        self.init(
            values.map { ($0.name, Matrix(rows: bins, columns: width, values: $0.average)) })
    }
}

/// Both come from the same float32 inputs through sums in double precision.
func isClose(_ value: Double?, _ expected: Double, relative: Double = 1e-9) -> Bool {
    guard let value else { return false }
    return abs(value - expected) <= relative * max(abs(expected), 1e-3)
}
