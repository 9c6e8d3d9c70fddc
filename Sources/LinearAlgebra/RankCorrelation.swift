/// Spearman's correlation of ranks: whether two numbers rise together, however crooked the way.
public enum RankCorrelation {
    /// Of pairs.
    ///
    /// - Parameters:
    ///   - x: finite numbers.
    ///   - y: as many.
    /// - Returns: −1 to 1; `nil` where one of them does not vary. Equal numbers share their mean rank.
    public static func spearman(_ x: [Double], _ y: [Double]) -> Double? {
        let (a, b) = (ranks(x), ranks(y))
        // Ranks, shared ones too, have the mean of 0 … n − 1.
        let middle = Double(a.count - 1) / 2
        var (together, left, right) = (0.0, 0.0, 0.0)
        for (p, q) in zip(a, b) {
            together += (p - middle) * (q - middle)
            left += (p - middle) * (p - middle)
            right += (q - middle) * (q - middle)
        }
        guard left > 0, right > 0 else { return nil }
        return together / (left * right).squareRoot()
    }

    private static func ranks(_ values: [Double]) -> [Double] {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var result = [Double](repeating: 0, count: values.count)
        var start = 0
        while start < order.count {
            var end = start
            while end + 1 < order.count, values[order[end + 1]] == values[order[start]] { end += 1 }
            for place in start...end { result[order[place]] = Double(start + end) / 2 }
            start = end + 1
        }
        return result
    }
}
