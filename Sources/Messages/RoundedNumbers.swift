/// A number as a message says it: three decimals, "not available" for what is no finite number.
public func rounded(_ value: Double) -> String {
    guard value.isFinite else { return "not available" }
    let thousandths = (value * 1000).rounded() / 1000
    return "\(thousandths)"
}
