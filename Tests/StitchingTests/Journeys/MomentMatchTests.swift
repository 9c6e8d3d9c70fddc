import Foundation
import LinearAlgebra
import Testing

@testable import Stitching

/// A day's activity brought to the moments of other days, without labels.
@Suite struct MomentMatchTests {
    private let trials = 300
    private let windows = 8

    /// Three latents with a mean course and trial-to-trial variation that lasts over windows.
    private func latents(_ seed: UInt64) -> Matrix {
        var rows = Matrix(zeros: trials * windows, 3)
        for trial in 0..<trials {
            let draws = RandomStream(seed: seed, purpose: 1, item: UInt32(trial)).normals(6)
            for window in 0..<windows {
                let t = Double(window) / Double(windows)
                let course = [sin(6 * t), cos(4 * t) + t, t * t * 2]
                for k in 0..<3 {
                    rows[trial * windows + window, k] =
                        course[k] + 0.6 * Double(draws[k]) * cos(3 * t + Double(k))
                        + 0.4 * Double(draws[k + 3])
                }
            }
        }
        return rows
    }

    private func noise(_ columns: Int, _ seed: UInt64, _ size: Double) -> Matrix {
        let values = RandomStream(seed: seed, purpose: 2).normals(trials * windows * columns)
        return Matrix(
            rows: trials * windows, columns: columns, values: values.map { size * Double($0) })
    }

    private func sum(_ a: Matrix, _ b: Matrix) -> Matrix {
        Matrix(rows: a.rows, columns: a.columns, values: zip(a.values, b.values).map { $0 + $1 })
    }

    @Test func momentsAreThoseOfTheirDefinition() {
        let values = Matrix(rows: 4, columns: 1, values: [1, 5, 3, 9])
        let moments = WindowMoments(values, windows: 2)
        #expect(moments.means.values == [2, 7])
        // Deviations −1, −2 and 1, 2: the product of the two windows is 2.
        #expect(moments.product(0, 1).values == [2] && moments.product(1, 0).values == [2])
        let mean = WindowMoments.mean([moments, moments])
        #expect(mean?.means.values == [2, 7])
    }

    /// Other trials of the same dynamics through another map with other noise: the map is found.
    @Test func anAffineMapIsFound() throws {
        let target = WindowMoments(sum(latents(1), noise(3, 1, 0.3)), windows: windows)
        let mixing = Matrix(rows: 3, columns: 4, values: [2, -1, 0.5, 1, 0, 1.5, -2, 0.3, 1, 1, 1, -1])
        let z = latents(2)
        let observed = sum(z.times(mixing), noise(4, 3, 0.5))
        let match = try MomentMatch(
            WindowMoments(observed, windows: windows), to: target, start: 0, seed: 1)
        #expect(match.misfit < 0.1)
        var image = observed.times(match.weights, transposingOther: true)
        for i in 0..<image.rows { for k in 0..<3 { image[i, k] += match.offset[k] } }
        // Averaged over trials noise is gone; what is left is how well 300 trials know their moments.
        for k in 0..<3 {
            for window in 0..<windows {
                let rows = (0..<trials).map { $0 * windows + window }
                let found = rows.reduce(0) { $0 + image[$1, k] } / Double(trials)
                let actualMean = rows.reduce(0) { $0 + z[$1, k] } / Double(trials)
                #expect(abs(found - actualMean) < 0.25, "latent \(k), window \(window)")
            }
            let found = image.column(k)
            let actual = z.column(k)
            #expect(correlation(found, actual) > 0.85, "latent \(k)")
        }
    }

    @Test func noiseAloneFitsNothing() throws {
        let target = WindowMoments(sum(latents(1), noise(3, 1, 0.3)), windows: windows)
        let match = try MomentMatch(
            WindowMoments(noise(4, 7, 1), windows: windows), to: target, start: 0, seed: 1)
        #expect(match.misfit > 0.5)
    }

    private func correlation(_ a: [Double], _ b: [Double]) -> Double {
        let n = Double(a.count)
        let (ma, mb) = (a.reduce(0, +) / n, b.reduce(0, +) / n)
        var (ab, aa, bb) = (0.0, 0.0, 0.0)
        for (x, y) in zip(a, b) {
            ab += (x - ma) * (y - mb)
            aa += (x - ma) * (x - ma)
            bb += (y - mb) * (y - mb)
        }
        return ab / (aa * bb).squareRoot()
    }
}
