import Alignment
import ArrayFiles
import LinearAlgebra

/// How checkpoints and model files keep what a run's days share: in single precision, by name of condition.
extension SharedTrajectories {
    func write(to file: HDF5File) throws {
        try file.write(
            ShapedArray(shape: [conditions.count], values: conditions), to: "shared/conditions")
        try file.write(
            ShapedArray(
                shape: [conditions.count, binCount, components], values: scores.values.map { Float($0) }),
            to: "shared/trajectories")
    }

    /// `nil` where the file has none.
    ///
    /// - Parameter error: for a problem, in words.
    /// - Throws: such an error where they can't be what they should: a day that joins is aligned to them.
    static func read(
        _ file: HDF5File, otherwise error: (_ problem: String) -> any Error
    ) throws -> SharedTrajectories? {
        guard file.exists("shared/trajectories") else { return nil }
        let names = try file.strings("shared/conditions").values
        let scores = try file.floats("shared/trajectories")
        guard scores.shape.count == 3, scores.shape[0] == names.count, !scores.shape.contains(0) else {
            throw error(
                "they have shape \(scores.shape) for \(names.count) conditions, in place of conditions × "
                    + "bins × components")
        }
        var known = Set<String>()
        if let name = names.first(where: { !known.insert($0).inserted }) {
            throw error("two conditions are called \"\(name)\"")
        }
        if let place = scores.values.firstIndex(where: { !$0.isFinite }) {
            throw error("element \(place) is not a finite number")
        }
        return SharedTrajectories(
            conditions: names, binCount: scores.shape[1],
            scores: Matrix(
                rows: scores.shape[0] * scores.shape[1], columns: scores.shape[2],
                values: scores.values.map(Double.init)))
    }
}
