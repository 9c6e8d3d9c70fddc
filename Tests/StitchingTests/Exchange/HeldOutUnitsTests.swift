import LFADS
import Recordings
import Registry
import TestSupport
import Testing

@testable import Stitching

/// A model from elsewhere whose days have different numbers of units, the last of which are held out, and
/// whose units have no names but their positions.
@Suite struct HeldOutUnitsTests {
    @Test func positionsAreHeldOutDayByDay() throws {
        var days: [Recording] = []
        let manifest = """
            held_out_units: {lorenz-2024-01-15: [7, 8], lorenz-2024-03-16: [5, 6]}
            \(ExchangeWorld.model)}
            \(ExchangeWorld.training)
            """
        try ExchangeWorld.withRun(
            manifest,
            { recordings in
                recordings = recordings.map { $0.namingUnitsByPlace() }
                days = recordings
            }
        ) { registry, recordings in
            #expect(days.map(\.units.count) == [9, 7])
            let path = registry.scratch("model.h5")
            _ = try ExportJourney.export(run: "small", sessions: [], to: path, in: registry)
            var foreign = try EditableModelFile(path)
            foreign.isForeign = true
            try foreign.write(to: registry.scratch("foreign.h5"))
            let names = recordings.map(\.session)
            _ = try ImportJourney.importModel(
                from: registry.scratch("foreign.h5"), as: "torch", sessions: names, in: registry, threads: 1)
            // And with the names of sessions and units in the file.
            _ = try ImportJourney.importModel(
                from: path, as: "own", sessions: nil, in: registry, threads: 1)
            let parameters = try ExchangeWorld.parameters("small", in: registry)
            for run in ["torch", "own"] {
                let settings = try StitchSettings(json: registry.run(named: run).settingsJSON)
                #expect(
                    settings.holdOut.units
                        == .namedBySession([names[0]: ["7", "8"], names[1]: ["5", "6"]]))
                #expect(try ExchangeWorld.parameters(run, in: registry) == parameters)
                for name in names {
                    let known = try ExchangeWorld.inferred("small", name, in: registry)
                    let again = try ExchangeWorld.inferred(run, name, in: registry)
                    #expect(known.factors == again.factors && known.means == again.means)
                }
            }
            // The run leaves again, as a whole and in part, and training goes on from it.
            _ = try ExportJourney.export(
                run: "torch", sessions: [names[1]], to: registry.scratch("day.h5"), in: registry)
            _ = try ImportJourney.importModel(
                from: registry.scratch("day.h5"), as: "day", sessions: nil, in: registry, threads: 1)
            #expect(
                try StitchSettings(json: registry.run(named: "day").settingsJSON).holdOut.units
                    == .named(["5", "6"]))
            var plan = try TrainedWorld.manifest(manifest, run: "on")
            plan.sessions = .names(names)
            plan.startFrom = "torch"
            plan.training.epochs = 1
            try registry.stitch(plan)
        }
    }

    /// Conditions that are kept back don't say which units are.
    @Test func unitsAreFoundOutBesideExcludedConditions() throws {
        try ExchangeWorld.withRun(
            "held_out_units: {lorenz-2024-03-16: [0]}\nexclude_conditions: [\"1\"]\n"
                + "\(ExchangeWorld.model)}\n\(ExchangeWorld.training)",
            { $0 = $0.map { $0.namingUnitsByPlace() } }
        ) { registry, recordings in
            let path = registry.scratch("model.h5")
            _ = try ExportJourney.export(run: "small", sessions: [], to: path, in: registry)
            _ = try ImportJourney.importModel(
                from: path, as: "again", sessions: nil, in: registry, threads: 1)
            let holdOut = try StitchSettings(json: registry.run(named: "again").settingsJSON).holdOut
            #expect(holdOut.conditions == ["1"])
            #expect(holdOut.units == .namedBySession([recordings[1].session: ["0"]]))
        }
    }
}
