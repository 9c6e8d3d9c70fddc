import Foundation
import LinearAlgebra
import Testing

@Suite("Gaussian smoothing") struct GaussianKernelTests {
    @Test("weights are those of the bell, renormalised where it is cut off")
    func weights() throws {
        let kernel = try #require(GaussianKernel(standardDeviation: 1.5, binCount: 20))
        #expect(kernel.windows.count == 20)
        for window in kernel.windows { #expect(abs(window.weights.reduce(0, +) - 1) < 1e-15) }
        // Four deviations to either side, where there is room.
        #expect(kernel.windows[10].first == 4 && kernel.windows[10].weights.count == 13)
        #expect(kernel.windows[0].first == 0 && kernel.windows[0].weights.count == 7)
        let edge = kernel.windows[0].weights
        #expect(abs(edge[3] / edge[0] - exp(-0.5 * 9 / 2.25)) < 1e-15)
    }

    @Test("every block is smoothed by itself, and every column")
    func blocks() throws {
        let kernel = try #require(GaussianKernel(standardDeviation: 0.8, binCount: 3))
        let rows = Matrix(rows: 6, columns: 2, values: [1, 7, 0, 7, 0, 7, 0, 7, 0, 7, 0, 7])
        let smooth = kernel.smooth(rows)
        #expect(smooth.column(1).allSatisfy { abs($0 - 7) < 1e-14 })
        #expect(smooth[0, 0] > smooth[1, 0] && smooth[1, 0] > smooth[2, 0] && smooth[2, 0] > 0)
        #expect(Array(smooth.column(0)[3...]) == [0, 0, 0])
    }

    @Test("a deviation whose square is 0 smooths nothing, and one beyond all integers is no trap")
    func extremes() throws {
        for deviation in [0, -1, 1e-200, .nan] {
            #expect(GaussianKernel(standardDeviation: deviation, binCount: 4) == nil)
        }
        let flat = try #require(GaussianKernel(standardDeviation: 1e300, binCount: 4))
        #expect(flat.smooth(Matrix(rows: 4, columns: 1, values: [4, 0, 0, 0])).values == [1, 1, 1, 1])
        #expect(flat.smooth(Matrix(zeros: 0, 2)) == Matrix(zeros: 0, 2))
    }
}
