import Yams

// How values and ranges are named in messages.
extension ManifestValue {
    static func isNothing(_ node: Node) -> Bool {
        guard case .scalar(let scalar) = node, scalar.style == .plain else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    /// `_`, as `inspect` writes for what a file doesn't say.
    static func isOpen(_ node: Node) -> Bool {
        guard case .scalar(let scalar) = node, scalar.style == .plain else { return false }
        return scalar.string == "_"
    }

    static func description(of node: Node) -> String {
        switch node {
        case .mapping: return "keys with values"
        case .sequence: return "a list"
        case .scalar(let scalar):
            if isNothing(node) { return "left without a value" }
            if isOpen(node) { return "\"_\", which has still to be filled in" }
            let text = scalar.string.count > 60 ? "\(scalar.string.prefix(60))…" : scalar.string
            return "\"\(text)\""
        case .alias: return "an alias"
        }
    }

    static func description<Bound>(of range: some RangeExpression<Bound>) -> String {
        switch range {
        case let range as ClosedRange<Bound>: "from \(range.lowerBound) to \(range.upperBound)"
        case let range as Range<Bound>: "of at least \(range.lowerBound) and below \(range.upperBound)"
        case let range as PartialRangeFrom<Bound>: "of at least \(range.lowerBound)"
        case let range as PartialRangeThrough<Bound>: "of at most \(range.upperBound)"
        case let range as PartialRangeUpTo<Bound>: "below \(range.upperBound)"
        default: "within \(range)"
        }
    }
}
