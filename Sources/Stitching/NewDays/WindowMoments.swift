import LinearAlgebra

/// What is known of a day's activity without labels: in equal windows of a trial, the mean over trials,
/// and how windows vary together from trial to trial.
///
/// Windows are taken in pairs of different ones: noise of single trials is independent between them, so
/// that only what the dynamics carry from one to the other is left.
struct WindowMoments {
    let windows: Int
    let width: Int
    /// `[windows, width]`
    private(set) var means: Matrix
    /// By first and second window, `[width, width]`; those of a window with itself are left out.
    private(set) var products: [Matrix]

    /// - Parameter values: `[trials · windows, width]`.
    init(_ values: Matrix, windows: Int) {
        self.windows = windows
        width = values.columns
        let trials = values.rows / windows
        var means = Matrix(zeros: windows, width)
        for trial in 0..<trials {
            for window in 0..<windows {
                for j in 0..<width {
                    means[window, j] += values[trial * windows + window, j] / Double(trials)
                }
            }
        }
        let parts = (0..<windows).map { window -> Matrix in
            let rows = values.selecting(rows: (0..<trials).map { $0 * windows + window })
            return rows.subtracting(rowVector: Array(means.row(window)))
        }
        var products: [Matrix] = []
        for a in 0..<windows {
            for b in 0..<windows {
                var product = parts[a].times(parts[b], transposingSelf: true)
                for i in product.values.indices { product.values[i] /= Double(max(trials, 1)) }
                products.append(product)
            }
        }
        self.means = means
        self.products = products
    }

    func product(_ a: Int, _ b: Int) -> Matrix { products[a * windows + b] }

    /// The mean over days that have equal say.
    static func mean(_ days: [WindowMoments]) -> WindowMoments? {
        guard var result = days.first else { return nil }
        for day in days.dropFirst() {
            for i in result.means.values.indices { result.means.values[i] += day.means.values[i] }
            for k in result.products.indices {
                for i in result.products[k].values.indices {
                    result.products[k].values[i] += day.products[k].values[i]
                }
            }
        }
        let scale = 1 / Double(days.count)
        for i in result.means.values.indices { result.means.values[i] *= scale }
        for k in result.products.indices {
            for i in result.products[k].values.indices { result.products[k].values[i] *= scale }
        }
        return result
    }

    /// Average of every window of every trial, `[trials · windows, columns]`.
    static func averages(
        trials: Int, bins: Int, windows: Int, columns: Int,
        value: (_ trial: Int, _ bin: Int, _ column: Int) -> Double
    ) -> Matrix {
        var result = Matrix(zeros: trials * windows, columns)
        for trial in 0..<trials {
            for window in 0..<windows {
                let range = (window * bins / windows)..<((window + 1) * bins / windows)
                for bin in range {
                    for j in 0..<columns {
                        result[trial * windows + window, j] +=
                            value(trial, bin, j) / Double(range.count)
                    }
                }
            }
        }
        return result
    }
}
