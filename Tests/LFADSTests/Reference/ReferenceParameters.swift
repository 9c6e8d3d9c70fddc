import ArrayFiles

/// Parameters and the gradients that the backward pass adds up, by their PyTorch names, flat and
/// row-major.
struct ReferenceParameters {
    let shapes: [String: [Int]]
    let values: [String: [Double]]
    var gradients: [String: [Double]]

    init(_ parameters: [String: ShapedArray<Double>]) {
        shapes = parameters.mapValues(\.shape)
        values = parameters.mapValues(\.values)
        gradients = parameters.mapValues { [Double](repeating: 0, count: $0.values.count) }
    }

    func vector(_ name: String) -> [Double] {
        guard let vector = values[name] else {
            preconditionFailure("the reference asks for a parameter \(name) that nobody gave")
        }
        return vector
    }

    /// W x + b, for W (outputs, inputs).
    func affine(_ layer: String, _ input: [Double]) -> [Double] {
        let bias = vector("\(layer).bias")
        return sum(multiply(vector("\(layer).weight"), input, rows: bias.count), bias)
    }

    /// Adds the gradients of weight and bias; returns the gradient with respect to the input.
    mutating func affineBackward(
        _ layer: String, input: [Double], outputGradient: [Double]
    ) -> [Double] {
        add(outputGradient, to: "\(layer).bias")
        addOuter(outputGradient, input, to: "\(layer).weight")
        return multiplyTransposed(
            vector("\(layer).weight"), outputGradient, columns: input.count)
    }

    mutating func add(_ gradient: [Double], to name: String, offset: Int = 0) {
        for index in gradient.indices {
            gradients[name, default: []][offset + index] += gradient[index]
        }
    }

    /// G[row0 + i, j] += left[i] · right[j]
    mutating func addOuter(
        _ left: [Double], _ right: [Double], to name: String, firstRow: Int = 0
    ) {
        let columns = right.count
        for i in left.indices {
            for j in right.indices {
                gradients[name, default: []][(firstRow + i) * columns + j] += left[i] * right[j]
            }
        }
    }
}

/// y_i = Σ_j W[row0 + i, j] x_j
func multiply(_ matrix: [Double], _ x: [Double], rows: Int, firstRow: Int = 0) -> [Double] {
    var y = [Double](repeating: 0, count: rows)
    for i in 0..<rows {
        for j in x.indices {
            y[i] += matrix[(firstRow + i) * x.count + j] * x[j]
        }
    }
    return y
}

/// x_j = Σ_i W[row0 + i, j] y_i
func multiplyTransposed(
    _ matrix: [Double], _ y: [Double], columns: Int, firstRow: Int = 0
) -> [Double] {
    var x = [Double](repeating: 0, count: columns)
    for i in y.indices {
        for j in 0..<columns {
            x[j] += matrix[(firstRow + i) * columns + j] * y[i]
        }
    }
    return x
}

func sum(_ left: [Double], _ right: [Double]) -> [Double] {
    precondition(left.count == right.count, "\(left.count) elements plus \(right.count)")
    return zip(left, right).map { $0 + $1 }
}

/// Elementwise product with a dropout mask; without a mask the vector itself.
func masked(_ x: [Double], _ mask: [Double]?) -> [Double] {
    guard let mask else { return x }
    precondition(x.count == mask.count, "\(x.count) elements under a mask of \(mask.count)")
    return zip(x, mask).map { $0 * $1 }
}
