public import ArrayFiles

/// Largest absolute difference of two arrays over the largest magnitude of the expected one.
///
/// Scaled by the array and not element by element: an element that is small because large terms
/// cancel carries the rounding of those terms, so its own magnitude says nothing about how well
/// it can be computed. Infinite when counts differ or a number isn't finite.
public func scaledDifference(_ found: [some BinaryFloatingPoint], from expected: [Double]) -> Double {
    guard found.count == expected.count else { return .infinity }
    var largest = 0.0
    var difference = 0.0
    for (a, b) in zip(found, expected) {
        guard a.isFinite, b.isFinite else { return .infinity }
        largest = max(largest, abs(b))
        difference = max(difference, abs(Double(a) - b))
    }
    return difference == 0 ? 0 : difference / largest
}

/// The same of arrays that should have one shape; infinite when they don't.
public func scaledDifference(
    _ found: ShapedArray<Double>?, from expected: ShapedArray<Double>
) -> Double {
    guard let found, found.shape == expected.shape else { return .infinity }
    return scaledDifference(found.values, from: expected.values)
}

/// Names of `expected` whose arrays differ by more than `tolerance`, worst first, each with its
/// difference: empty when all agree, and readable when they don't.
public func disagreements(
    _ found: [String: ShapedArray<Double>], _ expected: [String: ShapedArray<Double>],
    tolerance: Double
) -> [String] {
    expected
        .map { (name: $0.key, difference: scaledDifference(found[$0.key], from: $0.value)) }
        .filter { $0.difference > tolerance }
        .sorted { ($0.difference, $1.name) > ($1.difference, $0.name) }
        .map { "\($0.name): \($0.difference)" }
}
