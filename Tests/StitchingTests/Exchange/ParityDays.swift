import ArrayFiles
import Foundation
import Recordings
import Registry
import TestSupport
import Testing

@testable import Stitching

/// A recorded training step of the PyTorch implementation, as a registry has it: its parameters in a model
/// file, its data as registered days.
///
/// Dates run against the numbers of the sessions, so that a run's order is not the file's.
struct ParityDays: CustomTestStringConvertible {
    let path: String
    var testDescription: String { (path as NSString).lastPathComponent }

    static let all: [ParityDays] = (1...6).map { number in
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return ParityDays(path: tests.appending(path: "LFADSTests/Parity/p\(number).h5").path)
    }

    /// In the order of the file.
    func recordings() throws -> [Recording] {
        let file = try HDF5File.open(path)
        let sessions = Int(try file.numberAttribute("n_sessions", of: "config") ?? 0)
        let encodedBins = Int(try file.numberAttribute("encod_seq_len", of: "config") ?? 0)
        let encodedUnits = try file.integers("config/neurons_encod").values
        let isCount = try file.stringAttribute("reconstruction", of: "config") == "Poisson"
        return try (0..<sessions).map { session in
            let data = try file.floats("sess\(session)/recon_data")
            let (trials, bins, units) = (data.shape[0], data.shape[1], data.shape[2])
            let inputs = try file.floats("sess\(session)/ext_input")
            let width = inputs.shape[2]
            // External inputs end before the trial does: missing bins are zero.
            let padded = (0..<trials).flatMap { trial -> [Float] in
                let size = inputs.shape[1] * width
                return inputs.values[(trial * size)..<((trial + 1) * size)]
                    + [Float](repeating: 0, count: (bins - inputs.shape[1]) * width)
            }
            return Recording(
                session: "s\(session)", subject: "P", date: "2024-01-\(20 - session)", binMilliseconds: 10,
                signal: isCount ? .counts : .continuous, trialCount: trials, binCount: bins,
                encodedBinCount: encodedBins,
                units: (0..<units).map {
                    .init(name: "\(session)-\($0)", heldOut: $0 >= Int(encodedUnits[session]))
                }, values: data.values,
                trials: (0..<trials).map {
                    .init(identifier: $0, condition: $0 % 2 == 0 ? "a" : "b", split: $0 < 4 ? .train : .valid)
                }, externalInputNames: (0..<width).map { "e\($0)" },
                externalInputs: width > 0 ? padded : [])
        }
    }

    /// The days registered, and the model imported as `torch`.
    func withRun(_ body: (SessionRegistry, [Recording]) throws -> Void) throws {
        try withRegistry { registry in
            let recordings = try recordings()
            try registry.register(recordings)
            _ = try ImportJourney.importModel(
                from: path, as: "torch", sessions: recordings.map(\.session), in: registry, threads: 1)
            try body(registry, recordings)
        }
    }
}
