import ArrayFiles
import LFADS
import Recordings
import Registry
import TestSupport
import Testing

@testable import Stitching

/// Recorded models of the PyTorch implementation become runs that give what it gave, and leave as they
/// came.
@Suite struct ModelFileParityTests {
    /// As for the engine itself (`ProductionParityTests`): some hundred float32 roundings.
    static let tolerance = 1e-5

    @Test(arguments: ParityDays.all) func anImportedModelInfersWhatItDidThere(_ days: ParityDays) throws {
        try days.withRun { registry, recordings in
            let file = try HDF5File.open(days.path)
            for (index, recording) in recordings.enumerated() {
                let query = try TrainedRun("torch", in: registry, threads: 1).day(recording.session)
                let hasInputs = query.settings.model.hasController
                let inferred = try query.infer(
                    hasInputs ? .all : [.factors, .rates, .initialConditions, .generatorStates])
                func expect(_ values: [Float]?, _ name: String) throws {
                    let expected = try file.doubles("sess\(index)/infer/\(name)").values
                    #expect(!expected.isEmpty)
                    #expect(scaledDifference(values ?? [], from: expected) <= Self.tolerance, "\(name)")
                }
                try expect(inferred.factors?.values, "factors")
                try expect(inferred.means?.values, "output_means")
                try expect(inferred.initialConditionMeans?.values, "ic_mean")
                try expect(inferred.initialConditionDeviations?.values, "ic_std")
                try expect(inferred.generatorStates?.values, "gen_states")
                if hasInputs {
                    try expect(inferred.inferredInputMeans?.values, "co_means")
                    try expect(inferred.inferredInputDeviations?.values, "co_stds")
                }
                try expect(Self.outputParameters(query, inferred.factors?.values ?? []), "output_params")
            }
        }
    }

    /// F·Wᵀ + b with the run's own read-out, `[trials, bins, units, parameters]`, units in the recording's
    /// order.
    private static func outputParameters(_ query: TrainedDay, _ factors: [Float]) throws -> [Float] {
        let name = query.session.name
        let weights = try #require(query.model.parameter("readout.\(name).weight"))
        let bias = try #require(query.model.parameter("readout.\(name).bias"))
        let width = query.settings.model.factorCount
        let blocks = query.settings.model.observation.parametersPerUnit
        let units = query.session.unitOrder.count
        return (0..<(factors.count / width)).flatMap { row -> [Float] in
            (0..<units).flatMap { unit -> [Float] in
                let place = query.session.unitOrder.firstIndex(of: unit) ?? 0
                return (0..<blocks).map { block in
                    let r = block * units + place
                    return Float(
                        (0..<width).reduce(Double(bias[r])) {
                            $0 + Double(factors[row * width + $1]) * Double(weights[r * width + $1])
                        })
                }
            }
        }
    }

    @Test(arguments: ParityDays.all) func whatLeavesIsWhatCame(_ days: ParityDays) throws {
        try days.withRun { registry, recordings in
            let path = registry.scratch("model.h5")
            let outcome = try ExportJourney.export(run: "torch", sessions: [], to: path, in: registry)
            #expect(outcome.epoch == nil)
            // The run has its days by date: the file's sessions stand in that order.
            #expect(outcome.sessions == recordings.map(\.session).reversed())
            let (came, left) = (try HDF5File.open(days.path), try HDF5File.open(path))
            func theirs(_ name: String) -> String {
                guard let match = name.firstMatch(of: /^params\/(readin|readout)\.(\d+)(\..*)$/),
                    let number = Int(match.2)
                else { return name }
                return "params/\(match.1).\(recordings.count - 1 - number)\(match.3)"
            }
            let names = try left.datasetPaths().filter { $0.hasPrefix("params/") }
            #expect(
                Set(names.map(theirs)) == Set(try came.datasetPaths().filter { $0.hasPrefix("params/") }))
            for name in names {
                #expect(try left.doubles(name) == came.doubles(theirs(name)), "\(name)")
                #expect(
                    try left.integersAttribute("requires_grad", of: name)
                        == came.integersAttribute("requires_grad", of: theirs(name)), "\(name)")
            }
            // The ramps are those of the recorded step, and no settings.
            for key in try came.attributeNames(of: "config") where !["kl_ramp", "l2_ramp"].contains(key) {
                if key == "reconstruction" {
                    #expect(
                        try left.stringAttribute(key, of: "config")
                            == came.stringAttribute(key, of: "config"))
                } else {
                    #expect(
                        try left.numberAttribute(key, of: "config")
                            == came.numberAttribute(key, of: "config"), "\(key)")
                }
            }
            for name in ["config/neurons_encod", "config/neurons_recon"] {
                #expect(try left.integers(name).values == came.integers(name).values.reversed())
            }
        }
    }

    /// What the process that reads writes down is all that this process would have read.
    private func requireSameInAnotherProcess(_ path: String, _ registry: SessionRegistry) throws {
        let here = try ModelFile(contentsOf: path)
        let there = try ModelReading.model(from: path, in: registry.workspace, program: nil)
        #expect(here.settings == there.settings)
        #expect(here.sessions == there.sessions)
        #expect(here.parameters == there.parameters)
        #expect(here.run == there.run && here.epoch == there.epoch)
        #expect(here.trajectories?.conditions == there.trajectories?.conditions)
        #expect(here.trajectories?.scores.values == there.trajectories?.scores.values)
        #expect(try names(in: registry.workspace.runsFolder).allSatisfy { !$0.hasPrefix(".") })
    }

    @Test(arguments: ParityDays.all) func anotherProcessReadsTheSameModel(_ days: ParityDays) throws {
        try withRegistry { try requireSameInAnotherProcess(days.path, $0) }
    }

    @Test func anotherProcessReadsTheSameExportedModel() throws {
        try ExchangeWorld.withRun { registry, _ in
            let path = registry.scratch("model.h5")
            _ = try ExportJourney.export(run: "small", sessions: [], to: path, in: registry)
            try requireSameInAnotherProcess(path, registry)
            // One that doesn't name its sessions says of their units what it said.
            let file = try ModelFile(contentsOf: path)
            var unnamed = file
            for index in unnamed.sessions.indices { unnamed.sessions[index].name = nil }
            try unnamed.write(to: path)
            #expect(try ModelFile(contentsOf: path).sessions == unnamed.sessions)
            #expect(unnamed.sessions.allSatisfy { $0.unitNames != nil })
            try requireSameInAnotherProcess(path, registry)
        }
    }

    /// Held-out units that only the numbers of the tensors tell: the last ones, as in the reference.
    @Test func theLastUnitsAreHeldOutWhereTheRecordingSaysNothing() throws {
        let days = ParityDays.all[1]
        try withRegistry { registry in
            var recording = try days.recordings()[0]
            for unit in recording.units.indices { recording.units[unit].heldOut = false }
            _ = try RegisterJourney.register(recording, in: registry)
            _ = try ImportJourney.importModel(
                from: days.path, as: "torch", sessions: ["s0"], in: registry, threads: 1)
            let query = try TrainedRun("torch", in: registry, threads: 1).day("s0")
            #expect(query.settings.holdOut.units == .named(["0-6", "0-7", "0-8"]))
            let inferred = try query.infer([.rates], trials: Array(0..<6))
            let expected = try HDF5File.open(days.path).doubles("sess0/infer/output_means").values
            #expect(scaledDifference(inferred.means?.values ?? [], from: expected) <= Self.tolerance)
        }
    }
}
