/// A dense row-major array with its shape, as it stands in a file.
public struct ShapedArray<Element: Sendable>: Sendable {
    public var shape: [Int]
    public var values: [Element]

    /// Gives values a shape.
    ///
    /// - Precondition: `values.count` is the product of `shape`.
    public init(shape: [Int], values: [Element]) {
        precondition(
            values.count == Extents.product(shape), "\(values.count) values for shape \(shape)")
        self.shape = shape
        self.values = values
    }
}

extension ShapedArray {
    /// An element of an array of three axes.
    public subscript(first: Int, second: Int, third: Int) -> Element {
        get { values[(first * shape[1] + second) * shape[2] + third] }
        set { values[(first * shape[1] + second) * shape[2] + third] = newValue }
    }

    /// With axis `order[0]` of this array first, then `order[1]`, …: `numpy.transpose(self, order)`.
    ///
    /// - Precondition: `order` names every axis once.
    @inlinable
    public func permuted(_ order: [Int]) -> ShapedArray {
        precondition(order.sorted() == Array(shape.indices), "\(order) for \(shape.count) axes")
        if order == Array(shape.indices) { return self }
        if shape.contains(0) { return ShapedArray(shape: order.map { shape[$0] }, values: []) }
        var strides = [Int](repeating: 1, count: shape.count)
        for axis in strides.indices.dropLast().reversed() {
            strides[axis] = strides[axis + 1] * shape[axis + 1]
        }
        let extents = order.map { shape[$0] }
        let steps = order.map { strides[$0] }
        let (length, step) = (extents[extents.count - 1], steps[steps.count - 1])
        var place = [Int](repeating: 0, count: shape.count - 1)
        var start = 0
        var values: [Element] = []
        values.reserveCapacity(self.values.count)
        while values.count < self.values.count {
            for index in 0..<length { values.append(self.values[start + index * step]) }
            // Counts up like an odometer: of the axes before the last one, the last turns fastest.
            for axis in place.indices.reversed() {
                place[axis] += 1
                start += steps[axis]
                if place[axis] < extents[axis] { break }
                start -= extents[axis] * steps[axis]
                place[axis] = 0
            }
        }
        return ShapedArray(shape: extents, values: values)
    }
}

extension ShapedArray: Equatable where Element: Equatable {}
