import Foundation
import Testing

@testable import Recordings

@Suite struct SpikeBinningTests {
    @Test func bordersAreHalfOpenAndExact() throws {
        // 3 · 0.1 > 0.3 in binary fractions; as nanoseconds both are 300,000,000.
        let times = try [0, 0.1, 0.3, 0.1 * 3, 0.39999, 0.4].map {
            try #require(Nanoseconds.rounding(seconds: $0))
        }
        let binning = SpikeBinning(windowStarts: [0], binNanoseconds: 100_000_000, binCount: 4)
        let result = binning.counts(of: times)
        #expect(result.counts == [1, 1, 0, 3])
        #expect(result.outside == 1)
    }

    @Test func windowsMayOverlapAndStandInAnyOrder() {
        let binning = SpikeBinning(windowStarts: [20, 0, 10], binNanoseconds: 10, binCount: 2)
        let result = binning.counts(of: [-1, 0, 5, 19, 20, 39, 40])
        #expect(result.counts == [1, 1, 2, 1, 1, 1])
        #expect(result.outside == 2)
    }

    // A slow way to count: every spike against every bin.
    @Test(arguments: 0..<20)
    func likeTheSlowWay(seed: Int) {
        var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
        func next(_ bound: Int) -> Int64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int64(state >> 33) % Int64(bound)
        }
        // Coarse times, so that many lie on borders.
        let times = (0..<200).map { _ in next(400) * 5 }.sorted()
        let starts = (0..<10).map { _ in next(400) * 5 }
        let width = 5 * (1 + next(8))
        let binning = SpikeBinning(windowStarts: starts, binNanoseconds: width, binCount: 7)
        let slow = starts.flatMap { start in
            (0..<7).map { bin in
                let first: Int64 = start + Int64(bin) * width
                return Float(times.count { first <= $0 && $0 < first + width })
            }
        }
        let result = binning.counts(of: times)
        #expect(result.counts == slow)
        #expect(
            result.outside
                == times.count { time in !starts.contains { $0 <= time && time < $0 + 7 * width } })
    }

    @Test func intervals() {
        func intervals(_ pairs: [(Int64, Int64)]) -> TimeIntervals {
            TimeIntervals(pairs.map { .init(start: $0.0, end: $0.1) })
        }
        let some = intervals([(10, 20), (30, 40), (15, 25), (40, 45), (7, 7)])
        #expect(some == intervals([(10, 25), (30, 45)]))
        #expect(some.covers(10, 25) && some.covers(12, 13) && !some.covers(9, 12) && !some.covers(24, 31))
        // Against membership of every whole number.
        var state: UInt64 = 3
        func next(_ bound: Int) -> Int64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int64(state >> 33) % Int64(bound)
        }
        func random() -> TimeIntervals {
            intervals((0..<4).map { _ in (next(50), next(50)) })
        }
        for _ in 0..<200 {
            let (a, b) = (random(), random())
            for time in Int64(0)..<50 {
                let (inA, inB) = (a.covers(time, time + 1), b.covers(time, time + 1))
                #expect(a.union(b).covers(time, time + 1) == (inA || inB))
                #expect(a.intersection(b).covers(time, time + 1) == (inA && inB))
                #expect(a.subtracting(b).covers(time, time + 1) == (inA && !inB))
            }
        }
    }
}

@Suite struct SeriesResamplingTests {
    /// The response to a sine of a frequency, in cycles a bin, sampled 40 times a bin.
    private func response(_ cyclesABin: Double) -> Double {
        let bin: Int64 = 20_000_000
        let times = (0..<40_000).map { Int64($0) * bin / 40 }
        let values = times.map { Float(sin(2 * .pi * cyclesABin * Double($0) / Double(bin))) }
        let series = SeriesResampling(times: times, values: values, channelCount: 1)
        let bins = series.values(windowStarts: [100 * bin], binNanoseconds: bin, binCount: 800)
        return Double(bins.map(abs).max() ?? 0)
    }

    @Test func fastSignalsDoNotComeBackAsSlowOnes() {
        #expect(response(0.05) > 0.98)
        // A bin that begins at a crest of the sine's grid sees half of it; the response is exactly 1/2.
        #expect(abs(response(0.49) - 0.5) < 0.02)
        #expect(response(1) < 1e-4)
        // The largest side lobe of a Hann window is at −31.5 dB.
        for step in 21...200 { #expect(response(Double(step) / 20) < 0.03) }
    }

    @Test func coarseSeriesAreInterpolatedAndGapsStay() {
        let times: [Int64] = [0, 100, 200, 600, 700]
        let series = SeriesResampling(times: times, values: [0, 10, 20, 60, .nan], channelCount: 1)
        let bins = series.values(windowStarts: [-100], binNanoseconds: 100, binCount: 9)
        // Centres at −50, 50, …, 750; half an interval beyond a sample its value still holds.
        #expect(bins[0] == 0 && bins[1] == 5 && bins[2] == 15 && bins[3] == 20)
        #expect(bins[4].isNaN && bins[5].isNaN && bins[6] == 60 && bins[7] == 60 && bins[8].isNaN)
    }

    @Test func nextToAGapTheMeanIsOverWhatThereIs() {
        let times = (0..<100).map { Int64($0) * 10 }
        let values = (0..<100).map { (40..<70).contains($0) ? Float.nan : 3 }
        let series = SeriesResampling(times: times, values: values, channelCount: 1)
        let bins = series.values(windowStarts: [0], binNanoseconds: 100, binCount: 10)
        #expect(bins.prefix(4).allSatisfy { $0 == 3 } && bins.suffix(3).allSatisfy { $0 == 3 })
        // 450 is 60 from the nearest sample, 550 even more, 650 50: half a bin.
        #expect(bins[4].isNaN && bins[5].isNaN && bins[6] == 3)
    }
}
