import Foundation

/// A measured series, such as a hand's position, brought to bins.
///
/// Where samples are denser than two a bin, a bin's value is the mean of the samples around its centre,
/// weighted by a Hann window that is two bins wide. As a low-pass it halves what swings once in two
/// bins, removes what swings once a bin, and lets no more than 3 % of anything faster through (its side
/// lobes are below −31 dB), so that fast signals don't come back as slow ones. All weights are
/// positive: next to a gap the mean is over what there is. Coarser series are interpolated linearly.
/// A bin is NaN that has no sample within half a bin of its centre, or, of a coarser series, whose centre
/// is neither between two samples that are both within one sampling interval, nor within half an interval
/// of one.
struct SeriesResampling {
    /// Nanoseconds, ascending, one per sample.
    let times: [Int64]
    /// Samples × channels; NaN: not measured.
    let values: [Float]
    let channelCount: Int
    /// The median of the intervals between samples.
    let interval: Int64

    init(times: [Int64], values: [Float], channelCount: Int) {
        precondition(values.count == times.count * channelCount, "samples don't fit their times")
        self.times = times
        self.values = values
        self.channelCount = channelCount
        let steps = zip(times.dropFirst(), times).map { $0 - $1 }.sorted()
        interval = steps.isEmpty ? 0 : steps[steps.count / 2]
    }

    /// Windows × bins × channels.
    func values(windowStarts: [Int64], binNanoseconds: Int64, binCount: Int) -> [Float] {
        var result: [Float] = []
        result.reserveCapacity(windowStarts.count * binCount * channelCount)
        let isDense = interval * 2 <= binNanoseconds
        for start in windowStarts {
            for bin in 0..<binCount {
                // In half nanoseconds, as a bin of an odd width has its centre between two.
                let centre = 2 * (start + Int64(bin) * binNanoseconds) + binNanoseconds
                result +=
                    isDense
                    ? mean(around: centre, binNanoseconds)
                    : interpolation(at: centre)
            }
        }
        return result
    }

    private func mean(around centre: Int64, _ bin: Int64) -> [Float] {
        var sums = [Double](repeating: 0, count: channelCount)
        var weights = [Double](repeating: 0, count: channelCount)
        var nearest = [Int64](repeating: .max, count: channelCount)
        var sample = SpikeBinning.firstIndex(in: times, notBefore: (centre - 2 * bin) / 2)
        while sample < times.count, 2 * times[sample] < centre + 2 * bin {
            let distance = abs(2 * times[sample] - centre)
            let weight = 0.5 + 0.5 * cos(Double.pi * Double(distance) / Double(2 * bin))
            for channel in 0..<channelCount {
                let value = values[sample * channelCount + channel]
                guard !value.isNaN else { continue }
                sums[channel] += weight * Double(value)
                weights[channel] += weight
                nearest[channel] = min(nearest[channel], distance)
            }
            sample += 1
        }
        return (0..<channelCount).map { channel in
            nearest[channel] <= bin && weights[channel] > 0
                ? Float(sums[channel] / weights[channel]) : .nan
        }
    }

    private func interpolation(at centre: Int64) -> [Float] {
        // The first sample after the centre.
        let after = SpikeBinning.firstIndex(in: times, notBefore: centre / 2 + 1)
        let before = after - 1
        return (0..<channelCount).map { channel in
            let left = before >= 0 ? values[before * channelCount + channel] : .nan
            let right = after < times.count ? values[after * channelCount + channel] : .nan
            let toLeft = before >= 0 ? Double(centre - 2 * times[before]) / 2 : .infinity
            let toRight = after < times.count ? Double(2 * times[after] - centre) / 2 : .infinity
            let (hasLeft, hasRight) = (
                !left.isNaN && toLeft <= Double(interval),
                !right.isNaN && toRight <= Double(interval)
            )
            switch (hasLeft, hasRight) {
            case (true, true):
                return Float(
                    (Double(left) * toRight + Double(right) * toLeft) / (toLeft + toRight))
            case (true, false): return toLeft <= Double(interval) / 2 ? left : .nan
            case (false, true): return toRight <= Double(interval) / 2 ? right : .nan
            case (false, false): return .nan
            }
        }
    }
}
