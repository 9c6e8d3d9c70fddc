/// One trial of an update or an inference pass.
struct BatchRow: Sendable, Equatable {
    let session: Int
    let trial: Int
    /// Place among the rows of its session.
    let place: Int
}

/// Rows of one or more updates, sessions in ascending order within each; written once, read by many.
typealias BatchRows = Buffer<BatchRow>

extension Buffer where Element == BatchRow {
    convenience init(_ count: Int) {
        self.init(count, initial: BatchRow(session: 0, trial: 0, place: 0))
    }
}

/// Which trials an update or an inference pass works on, sessions stacked in ascending order.
struct Batch: Sendable {
    let rows: BatchRows
    /// The batch stands in `rows` from there.
    let first: Int
    let count: Int

    struct Part {
        let session: Int
        let trials: [Int]
    }

    init(rows: BatchRows, first: Int, count: Int) {
        self.rows = rows
        self.first = first
        self.count = count
    }

    init(parts: [Part]) {
        let count = parts.reduce(0) { $0 + $1.trials.count }
        let rows = BatchRows(count)
        var index = 0
        for part in parts {
            for (place, trial) in part.trials.enumerated() {
                rows.base[index] = BatchRow(session: part.session, trial: trial, place: place)
                index += 1
            }
        }
        self.init(rows: rows, first: 0, count: count)
    }

    @inline(__always)
    func row(_ index: Int) -> BatchRow { rows.base[first + index] }
}
