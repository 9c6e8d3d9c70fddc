/// What curves span but for a few values that stand far above the rest, as a loss does that explodes and comes back: an
/// axis that shows these shows nothing else.
enum UsualRange {
    /// So many of a hundred values may stand above.
    private static let share = 0.9
    /// Times what the others span, above which a value stands far.
    private static let far = 3.0

    /// - Returns: `nil` where no value stands far above; the chart then shows everything.
    static func of(_ traces: [Trace]) -> ClosedRange<Double>? {
        let values = traces.flatMap { $0.y?.finiteNumbers ?? [] }.sorted()
        guard let least = values.first, let most = values.last, values.count >= 10 else { return nil }
        let usual = values[Int(share * Double(values.count - 1))]
        let span = usual - least
        guard span > 0, most > usual + far * span else { return nil }
        return (least - 0.05 * span)...(usual + 0.5 * span)
    }
}
