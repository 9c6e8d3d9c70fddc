import ArrayFiles
import Foundation
import TestSupport
import Testing

@testable import Recordings

/// Files that keep rates in Hz, which are counts divided by the width of their bins.
@Suite struct RateReadingTests {
    private static let shape = [8, 25, 6]

    /// Fewer than 9, most of them 0, by the same numbers each time.
    private static func counts(seed: Int, _ count: Int) -> [Float] {
        var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let draw = state >> 33
            return draw % 3 == 0 ? Float(1 + draw / 3 % 8) : 0
        }
    }

    /// A file of counts, or of whatever `stored` makes of them.
    private func source(
        _ folder: String, binMilliseconds: Double, isArchive: Bool = false, seed: Int = 1,
        _ stored: (Float) -> Float
    ) throws -> RecordingSource {
        let array = ShapedArray(
            shape: Self.shape, values: Self.counts(seed: seed, Self.shape.reduce(1, *)).map(stored))
        let path = folder + (isArchive ? "/day.npz" : "/day.h5")
        if isArchive {
            try NumpyArchiveWriter.write(to: path) { $0.add(array, as: "spikes") }
        } else {
            try HDF5File.write(to: path) { try $0.write(array, to: "spikes") }
        }
        return RecordingSource(
            path: path, format: isArchive ? .npz : .binnedHDF5, session: "day", subject: "Tiny",
            date: "2020-01-02", sourceBinMilliseconds: binMilliseconds, axes: RecordingSource.Axis.standard)
    }

    private static func hertz(_ binMilliseconds: Double) -> (Float) -> Float {
        { Float(Double($0) / (binMilliseconds / 1000)) }
    }

    @Test(arguments: [1, 5, 7.5, 10, 1000.0 / 60, 30, 50, 1000], [false, true])
    func ratesAreTheCountsThatTheyComeFrom(_ width: Double, isArchive: Bool) throws {
        try withTemporaryFolder { folder in
            let counts = try source(folder, binMilliseconds: width, isArchive: isArchive) { $0 }
            let expected = try Recording.read(counts).contentHash
            var rates = try source(
                folder, binMilliseconds: width, isArchive: isArchive, Self.hertz(width))
            rates.ratesInHertz = true
            #expect(try Recording.read(rates).contentHash == expected)
            // Written with two decimals.
            rates = try source(folder, binMilliseconds: width, isArchive: isArchive) {
                (Self.hertz(width)($0) * 100).rounded() / 100
            }
            rates.ratesInHertz = true
            #expect(try Recording.read(rates).contentHash == expected)
        }
    }

    @Test(arguments: [2, 5, 10, 20, 50.0])
    func wholeRatesAreRefusedUntilSomebodySaysWhatTheyAre(_ width: Double) throws {
        try withTemporaryFolder { folder in
            var source = try source(folder, binMilliseconds: width, Self.hertz(width))
            let values = Self.counts(seed: 1, Self.shape.reduce(1, *)).count { $0 > 0 }
            #expect(
                words { _ = try Recording.read(source) }
                    == "\"spikes\" in \(source.path): all \(values) values above 0 are multiples of "
                    + "\(Int(1000 / width)), as counts hardly ever are. They look like rates in Hz of bins of "
                    + "\(Int(width)) ms. If they are, set rates_hz: true in the manifest; if they are counts all "
                    + "the same, rates_hz: false.")
            source.ratesInHertz = false
            #expect(try Recording.read(source).values.max() == Float(8000 / width))
        }
    }

    @Test func aDivisorThatFitsOtherBins() throws {
        try withTemporaryFolder { folder in
            let source = try source(folder, binMilliseconds: 50, Self.hertz(200))
            #expect(
                words { _ = try Recording.read(source) }.hasSuffix(
                    "are multiples of 5, as counts hardly ever are. Rates in Hz would be so in bins of 200 ms, and "
                        + "these have 50. Divide them by 5 in the file, or correct the width of a bin and set "
                        + "rates_hz: true in the manifest; if they are counts all the same, rates_hz: false.")
            )
        }
    }

    @Test func ratesThatAreNoWholeNumbersAreToldFromOtherSignals() throws {
        try withTemporaryFolder { folder in
            let rates = try source(folder, binMilliseconds: 30, Self.hertz(30))
            let message = words { _ = try Recording.read(rates) }
            #expect(
                message.hasSuffix(
                    " is not a whole number, but a rate in Hz whose product with the width of a bin is. Set "
                        + "rates_hz: true in the manifest."), "\(message)")
            let smooth = try source(folder, binMilliseconds: 30) { $0 * 1.7 }
            #expect(
                words { _ = try Recording.read(smooth) }.contains("is not a whole number. Spike counts are"))
        }
    }

    @Test func ratesThatAreNoCountsAreRefused() throws {
        try withTemporaryFolder { folder in
            var source = try source(folder, binMilliseconds: 40, Self.hertz(50))
            source.ratesInHertz = true
            let counts = Self.counts(seed: 1, 25 * 6)
            let first = try #require(counts.firstIndex { Int($0) % 5 != 0 })
            #expect(
                words { _ = try Recording.read(source) }
                    == "\"spikes\" in \(source.path): \(Int(counts[first] * 20)) Hz at trial 0, bin \(first / 6), unit "
                    + "\(first % 6) would be \(counts[first] * 0.8) spikes in a bin of 40 ms; with rates_hz: true all have to be "
                    + "whole numbers of spikes. Is that the width of the file's bins? Rates that were smoothed are "
                    + "no counts; they need signal: continuous.")
        }
    }

    /// Sparse, dense, and of a single value: whoever has counts is not asked.
    @Test func countsAreCounts() throws {
        try withTemporaryFolder { folder in
            for seed in 2..<60 {
                let source = try source(folder, binMilliseconds: 10, seed: seed) { $0 }
                #expect(throws: Never.self) { try Recording.read(source) }
            }
            let ones = try source(folder, binMilliseconds: 10) { min($0, 1) }
            #expect(try Recording.read(ones).values.max() == 1)
        }
    }

    /// Ten spikes may well come in pairs.
    @Test(arguments: [(19, true), (20, false)]) func aFewEvenCountsAreNoSign(
        _ count: Int, isRead: Bool
    ) throws {
        try withTemporaryFolder { folder in
            var fixture = BinnedFixture()
            fixture.spikes = fixture.spikes.indices.map { $0 < count ? 2 : 0 }
            let source = try fixture.write(folder)
            let day = try? Recording.read(source)
            #expect((day != nil) == isRead)
        }
    }

    @Test func filesOfLFADSToo() throws {
        try withTemporaryFolder { folder in
            let expected = try Recording.read(LFADSFixture().write(folder)).values
            var fixture = LFADSFixture()
            fixture.change = { _, encoded, full in
                encoded = encoded.map { $0 * 50 }
                full = full.map { $0 * 50 }
            }
            var source = try fixture.write(folder)
            #expect(
                words { _ = try Recording.read(source) }.contains(
                    "They look like rates in Hz of bins of 20 ms."))
            source.ratesInHertz = true
            #expect(try Recording.read(source).values == expected)
        }
    }
}
