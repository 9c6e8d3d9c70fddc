import LFADS
import LinearAlgebra

/// One session's read-in in double precision.
struct ReadInMap {
    /// `[components, encoded units]`
    let weights: Matrix
    let bias: [Double]

    init(_ model: StitchedModel, _ session: PreparedSession) {
        self.init(
            model.maps(ofSession: session.name).readIn, encodedUnits: session.encodedUnitCount)
    }

    /// - Parameter map: `nil` for a model without read-ins, whose map has no components.
    init(_ map: AffineMap?, encodedUnits: Int) {
        let map = map ?? AffineMap(weights: [], bias: [])
        bias = map.bias.map(Double.init)
        weights = Matrix(
            rows: bias.count, columns: encodedUnits, values: map.weights.map(Double.init))
    }

    /// - Parameter counts: `[rows, units]`, of which the leading ones are encoded.
    func applied(to counts: Matrix) -> Matrix {
        var result = counts.leading(columns: weights.columns).times(weights, transposingOther: true)
        for i in 0..<result.rows { for k in 0..<result.columns { result[i, k] += bias[k] } }
        return result
    }
}
