/// A dense row-major array with its shape, as it stands in a file.
public struct ShapedArray<Element: Sendable>: Sendable {
    public var shape: [Int]
    public var values: [Element]

    /// - Precondition: `values.count` is the product of `shape`.
    public init(shape: [Int], values: [Element]) {
        precondition(
            values.count == shape.reduce(1, *), "\(values.count) values for shape \(shape)")
        self.shape = shape
        self.values = values
    }
}

extension ShapedArray: Equatable where Element: Equatable {}
