import Foundation

/// Draws from the Poisson distribution.
enum PoissonSampling {
    /// The count that a uniform number in [0, 1) stands for.
    ///
    /// The unit interval is dealt out to the counts in the order mode, mode + 1, mode − 1, mode + 2, …,
    /// each getting its probability: exact up to the rounding of the probabilities, for every mean,
    /// with one uniform number and about √mean steps.
    ///
    /// - Parameter mean: finite, ≥ 0.
    static func count(mean: Double, uniform: Double) -> Int {
        guard mean > 0 else { return 0 }
        let mode = Int(mean)
        let peak =
            mode == 0
            ? exp(-mean)
            : exp(Double(mode) * log(mean) - mean - lgamma(Double(mode) + 1))
        var rest = uniform - peak
        var (above, below) = (mode, mode)
        var (probabilityAbove, probabilityBelow) = (peak, peak)
        while rest >= 0 {
            above += 1
            probabilityAbove *= mean / Double(above)
            rest -= probabilityAbove
            if rest < 0 { return above }
            if below > 0 {
                probabilityBelow *= Double(below) / mean
                below -= 1
                rest -= probabilityBelow
                if rest < 0 { return below }
            }
            // What rounding has left over belongs to nobody: less than 1e-12 of all draws.
            if probabilityAbove < 1e-18, below == 0 || probabilityBelow < 1e-18 { return mode }
        }
        return mode
    }
}
