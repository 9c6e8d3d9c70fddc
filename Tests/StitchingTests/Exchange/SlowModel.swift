import ArrayFiles
import Foundation

/// The forward pass of a model file in double precision, written from its tensors' names alone: what
/// another program makes of the file. Posterior means, no noise; Poisson.
struct SlowModel {
    private let file: HDF5File

    init(_ path: String) throws { file = try HDF5File.open(path) }

    private func setting(_ name: String) throws -> Int {
        Int(try file.numberAttribute(name, of: "config") ?? .nan)
    }

    private struct Map {
        let weights: ShapedArray<Double>
        var bias: [Double]?

        func callAsFunction(_ x: [Double]) -> [Double] {
            (0..<weights.shape[0]).map { row in
                var sum = bias?[row] ?? 0
                for (column, value) in x.enumerated() {
                    sum += weights.values[row * weights.shape[1] + column] * value
                }
                return sum
            }
        }
    }

    private func map(_ name: String) throws -> Map {
        Map(
            weights: try file.doubles("params/\(name).weight"),
            bias: try file.doubles("params/\(name).bias").values)
    }

    /// Gates z, r, n; the reset gate acts on the state before the recurrent product.
    private struct Cell {
        let input: Map, recurrent: Map
        let clip: Double

        func callAsFunction(_ x: [Double], _ h: [Double]) -> [Double] {
            let units = h.count
            let (a, b) = (input(x), recurrent(h))
            let z = (0..<units).map { 1 / (1 + exp(-a[$0] - b[$0])) }
            let r = (0..<units).map { 1 / (1 + exp(-a[units + $0] - b[units + $0])) }
            let c = recurrent(zip(r, h).map(*))
            return (0..<units).map {
                let next = z[$0] * h[$0] + (1 - z[$0]) * tanh(a[2 * units + $0] + c[2 * units + $0])
                return min(max(next, -clip), clip)
            }
        }
    }

    private func cell(_ name: String) throws -> Cell {
        Cell(
            input: Map(
                weights: try file.doubles("params/\(name).weight_ih"),
                bias: try file.doubles("params/\(name).bias_ih").values),
            recurrent: Map(weights: try file.doubles("params/\(name).weight_hh")),
            clip: try file.numberAttribute("cell_clip", of: "config") ?? .nan)
    }

    /// States of a bidirectional encoder by time.
    private func encode(_ name: String, _ x: [[Double]]) throws -> (forward: [[Double]], backward: [[Double]])
    {
        let start = try file.doubles("params/encoder.\(name)_h0")
        let units = start.shape[2]
        func run(_ direction: String, _ order: [Int], _ first: Int) throws -> [[Double]] {
            let cell = try cell("encoder.\(name).\(direction)_gru.cell")
            var h = Array(start.values[first..<(first + units)])
            var states = [[Double]](repeating: [], count: x.count)
            for t in order {
                h = cell(x[t], h)
                states[t] = h
            }
            return states
        }
        return (
            try run("fwd", Array(x.indices), 0), try run("bwd", x.indices.reversed(), units)
        )
    }

    /// - Parameter counts: of one trial, `[bins][units]` in the file's order of units.
    func infer(session: Int, counts: [[Double]]) throws -> (factors: [[Double]], rates: [[Double]]) {
        let encodedUnits = Int(try file.integers("config/neurons_encod").values[session])
        let readIn = try map("readin.\(session)")
        let x = counts.prefix(try setting("encod_seq_len")).map { readIn(Array($0.prefix(encodedUnits))) }
        let leading = try setting("ic_enc_seq_len")
        let ic = try encode("ic_enc", Array(leading > 0 ? x.prefix(leading) : x[...]))
        let posterior = try map("encoder.ic_linear")(
            (ic.forward.last ?? []) + (ic.backward.first ?? []))
        var g = try map("decoder.ic_to_g0")(Array(posterior.prefix(try setting("ic_dim"))))
        let raw = try file.doubles("params/decoder.rnn.cell.fac_linear.weight")
        var rows = raw
        for row in 0..<raw.shape[0] {
            let places = (row * raw.shape[1])..<((row + 1) * raw.shape[1])
            let length = raw.values[places].reduce(0) { $0 + $1 * $1 }.squareRoot()
            for i in places { rows.values[i] /= length }
        }
        let toFactors = Map(weights: rows)
        var f = toFactors(g)
        let generator = try cell("decoder.rnn.cell.gen_cell")
        let readOut = try map("readout.\(session)")
        let inputs = try setting("co_dim")
        let ci = inputs > 0 ? try encode("ci_enc", Array(x.dropFirst(leading))) : ([], [])
        let lag = try setting("ci_lag")
        let width = try setting("ci_enc_dim")
        var c = try file.doubles("params/decoder.con_h0").values
        var result: (factors: [[Double]], rates: [[Double]]) = ([], [])
        for t in counts.indices {
            var u: [Double] = []
            if inputs > 0 {
                func state(_ states: [[Double]], _ time: Int) -> [Double] {
                    // Out of range, and in bins that are predicted or reserved: nothing is known.
                    t >= leading && t - leading < states.count && states.indices.contains(time)
                        ? states[time] : [Double](repeating: 0, count: width)
                }
                let seen = state(ci.0, t - leading - lag) + state(ci.1, t - leading + lag)
                c = try cell("decoder.rnn.cell.con_cell")(seen + f, c)
                u = Array(try map("decoder.rnn.cell.co_linear")(c).prefix(inputs))
            }
            g = generator(u, g)
            f = toFactors(g)
            result.factors.append(f)
            result.rates.append(readOut(f).map(exp))
        }
        return result
    }
}
