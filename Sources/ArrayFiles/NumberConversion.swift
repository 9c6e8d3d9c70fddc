/// How numbers of any type in a file become numbers of one type in memory.
struct NumberConversion<Value: Sendable>: Sendable {
    let whole: @Sendable (Int64) -> Value
    let unsigned: @Sendable (UInt64) -> Value
    let single: @Sendable (Float) -> Value
    let double: @Sendable (Double) -> Value
}

extension NumberConversion<Float> {
    static let floats = NumberConversion(
        whole: { Float($0) }, unsigned: { Float($0) }, single: { $0 }, double: { Float($0) })
}

extension NumberConversion<Double> {
    static let doubles = NumberConversion(
        whole: { Double($0) }, unsigned: { Double($0) }, single: { Double($0) }, double: { $0 })
}

extension NumberConversion<Int64> {
    /// Only for whole numbers. Unsigned ones above 2^63 − 1 come out negative, for the caller to see.
    static let integers = NumberConversion(
        whole: { $0 }, unsigned: { Int64(truncatingIfNeeded: $0) }, single: { _ in 0 },
        double: { _ in 0 })
}
