import Foundation
import LFADS
import LinearAlgebra
import Recordings
import Registry
import Testing

@testable import Evaluation
@testable import Stitching

/// What the monitor says of days whose drift is known.
@Suite("Drift monitor", .serialized, .timeLimit(.minutes(5))) struct DriftMonitorTests {
    private func monitor(_ lab: DriftLab, _ run: String = "small", threads: Int = 1) throws -> DriftMonitor {
        try DriftMonitor(run: run, in: lab.registry, options: .init(threads: threads))
    }

    @Test("trained days are used as they are, whatever is asked with them, on any number of threads")
    func trainedDays() throws {
        let lab = try DriftLab.get()
        let forwards = try monitor(lab)
        let reports = try lab.trained.map { try forwards.judge($0) }
        for report in reports {
            #expect(report.verdict == .useAsIs, "\(report.reasons)")
            #expect(report.membership == .trained)
            #expect(report.aligned == nil)
            #expect(report.asItStands?.numbers.map(\.kind) == DriftNumber.Kind.allCases)
            // Held against the other two.
            #expect(report.asItStands?.numbers.allSatisfy { $0.days == 2 } == true)
        }
        let backwards = try monitor(lab, threads: 2)
        let again = try lab.trained.reversed().map { try backwards.judge($0) }
        #expect(again.reversed() == reports)
    }

    @Test("a channel that is asked for twice is decoded once")
    func channelsAskedForTwice() throws {
        let lab = try DriftLab.get()
        var options = DriftMonitor.Options(threads: 1)
        options.channels = ["latent_x", "latent_y", "latent_x"]
        let report = try DriftMonitor(run: "small", in: lab.registry, options: options).judge(lab.trained[0])
        #expect(report.asItStands?.decodedChannels.keys.sorted() == ["latent_x", "latent_y"])
        #expect(try RunEvaluation.channels(["b", "a", "b"], ["a", "b", "c"]) == ["b", "a"])
    }

    @Test("a day that joins by its labels, or without, is used as it is")
    func joinedDays() throws {
        let lab = try DriftLab.get()
        for (name, usesLabels) in [("joined", true), ("joined-blind", false)] {
            let run = try lab.extend(by: lab.next, as: name, usesLabels: usesLabels)
            let report = try monitor(lab, run).judge(lab.next)
            #expect(report.verdict == .useAsIs, "\(report.reasons)")
            #expect(report.membership == .joined)
            // Trained days alone are the measure.
            #expect(report.asItStands?[.agreement]?.days == 3)
            let trained = try monitor(lab, run).judge(lab.trained[0])
            #expect(trained.membership == .trained && trained.verdict == .useAsIs)
        }
    }

    @Test("a day whose channels see other neurons under the old names is extended by")
    func permutedUnits() throws {
        let lab = try DriftLab.get()
        try lab.register("permuted") { day in
            day.permuteUnitData(day.units.indices.map { ($0 * 7 + 3) % day.units.count })
        }
        let report = try monitor(lab).judge("permuted")
        #expect(report.verdict == .extend, "\(report.reasons)")
        // What fires together there does not fire together here: the names are not believed.
        #expect(report.asItStands == nil)
        #expect(report.reasons.contains { $0.hasPrefix("no day of the run has 6 of its electrodes (") })
        #expect(report.aligned?.maps == .alignedByLabels && report.aligned?.isInside == true)
    }

    @Test("a day of which two channels see other neurons is still seen through its electrodes")
    func twoOtherUnits() throws {
        let lab = try DriftLab.get()
        try lab.register("exchanged") { day in
            var order = Array(day.units.indices)
            order.swapAt(0, 5)
            day.permuteUnitData(order)
        }
        let report = try monitor(lab).judge("exchanged")
        #expect(report.asItStands?.maps == .electrodes && report.asItStands?.electrodes == 12)
        #expect(report.asItStands?.mapsOf == lab.trained[2])
    }

    @Test("a day of other dynamics can't be helped by extending")
    func otherWorld() throws {
        let lab = try DriftLab.get()
        let names = try DriftLab.world(seed: 3)[3].units
        let other = try DriftLab.world(seed: 77)[3]
        try lab.register("foreign") { day in
            day = other
            day.units = names
        }
        let report = try monitor(lab).judge("foreign")
        #expect(report.verdict == .retrain, "\(report.reasons)")
        #expect(report.reasons.contains { $0.hasPrefix("no day of the run has 6 of its electrodes (") })
        #expect(report.reasons.contains { $0.hasPrefix("after an alignment by labels, ") })
        let run = try lab.extend(by: "foreign", as: "with-foreign", usesLabels: true)
        #expect(try monitor(lab, run).judge("foreign").verdict == .retrain)
        // A day that joined badly is no measure for others.
        #expect(try monitor(lab, run).judge(lab.trained[1]).verdict == .useAsIs)
    }

    @Test("a turned read-in is named, and its labels would put it right")
    func turnedReadIn() throws {
        let lab = try DriftLab.get()
        let run = try TrainedRun("small", in: lab.registry)
        let record = try lab.registry.session(named: lab.next)
        let session = try lab.registry.prepared(record, holdOut: run.settings.holdOut)
        let fit = try DayFit(session, run, threads: 1)
        try fit.startFromLabels()
        // A quarter turn of the two leading components.
        func turned(_ values: [Float], rows: Int) -> [Float] {
            let width = values.count / rows
            return values[width..<(2 * width)].map { -$0 } + values[..<width] + values[(2 * width)...]
        }
        let map = ReadInMap(fit.model, session)
        try fit.setReadIn(
            AffineMap(
                weights: turned(map.weights.values.map { Float($0) }, rows: map.bias.count),
                bias: turned(map.bias.map { Float($0) }, rows: map.bias.count)))
        var settings = run.settings
        settings.joined = JoinedDay(
            parent: "small", session: lab.next, usedLabels: true,
            trainingTrials: session.trainingTrials.count, epochs: 0)
        try ExtendedRun(
            name: "turned", parent: run, others: lab.registry.sessions(ofRun: "small"),
            settings: settings, record: record, session: session, model: fit.model, history: []
        ).store(in: lab.registry)
        let report = try monitor(lab, "turned").judge(lab.next)
        #expect(report.verdict == .extend, "\(report.reasons)")
        #expect(report.asItStands?[.decoding]?.isInside == false)
        #expect(report.asItStands?[.agreement]?.isInside == false)
        #expect(report.reasons.last == "join it to run small again, by its labels")
        // The parent's trained days are the extended run's.
        #expect(try monitor(lab).judge(lab.next, joinedAs: "turned") == report)
    }

    @Test("spikes alone are blind: behaviour names a turned day, and without it there is no verdict")
    func behaviorTells() throws {
        let lab = try DriftLab.get()
        // As after a symmetry of the dynamics: spikes as they were, behaviour turned against them.
        try lab.register("turned-behavior") { day in
            day.renameUnits()
            day.forgetLabels()
            for index in day.behavior.indices { day.behavior[index] *= -1 }
        }
        let report = try monitor(lab).judge("turned-behavior")
        #expect(report.verdict == .retrain, "\(report.reasons)")
        let aligned = try #require(report.aligned)
        #expect(aligned.maps == .alignedWithoutLabels && report.asItStands == nil)
        #expect(aligned[.bitsPerSpike]?.isInside == true && aligned[.distance]?.isInside == true)
        #expect((aligned[.decoding]?.value ?? 0) < 0)
        #expect(report.reasons.contains { $0.contains("the map is wrong") })

        try lab.register("bare") { day in
            day.renameUnits()
            day.forgetLabels()
            day.forgetBehavior()
        }
        let bare = try monitor(lab).judge("bare")
        #expect(bare.verdict == .undecided, "\(bare.reasons)")
        #expect(bare.aligned?.numbers.map(\.kind) == [.bitsPerSpike, .distance])
        #expect(bare.reasons.contains { $0.contains("nothing here can tell a turned map") })
        let run = try lab.extend(by: "bare", as: "with-bare", usesLabels: false)
        #expect(try monitor(lab, run).judge("bare").verdict == .undecided)

        // Electrodes tell.
        try lab.register("named") { day in
            day.forgetLabels()
            day.forgetBehavior()
        }
        let named = try lab.extend(by: "named", as: "with-named", usesLabels: false)
        let anchored = try monitor(lab, named).judge("named")
        #expect(anchored.verdict == .useAsIs, "\(anchored.reasons)")
        #expect((anchored.asItStands?.electrodeAgreement ?? 0) > DriftView.sameSpace)
    }

    @Test("another start of training leads to the same verdicts")
    func otherSeed() throws {
        let lab = try DriftLab(seed: 6)
        try lab.register("permuted") { day in
            day.permuteUnitData(day.units.indices.map { ($0 * 7 + 3) % day.units.count })
        }
        let monitor = try monitor(lab)
        for day in lab.trained { #expect(try monitor.judge(day).verdict == .useAsIs) }
        #expect(try monitor.judge("permuted").verdict == .extend)
    }

    @Test(
        "runs that hold back units and conditions, have a controller, or are not Poisson",
        arguments: [
            ("held_out_units: 0.25\nexclude_conditions: [\"3\"]", ", ci_enc_dim: 4, con_dim: 4, co_dim: 1"),
            ("", ", reconstruction: gaussian"),
        ])
    func otherRuns(_ more: String, _ model: String) throws {
        let lab = try DriftLab(seed: 5, more: more, model: model, epochs: 4)
        let monitor = try monitor(lab)
        let evaluation = try RunEvaluation(run: "small", in: lab.registry, options: .init(threads: 1))
        let trained = try monitor.judge(lab.trained[1])
        let metrics = evaluation.sessions[1]
        let own = try #require(trained.asItStands)
        // The run's own metrics of this day: held-out trials, and no trial of a condition kept back.
        #expect(own[.bitsPerSpike]?.value == metrics[.bitsPerSpike])
        // The same distance, from the other of the two days: other roundings, of numbers some 1000 times as large.
        let distance = try #require(metrics[.factorDistance])
        #expect(abs((own[.distance]?.value ?? 0) / distance - 1) < 1e-9)
        #expect(own[.agreement]?.value == metrics[.agreement])
        let channels = evaluation.channels.compactMap { metrics[.acrossFromFactors, channel: $0] }.sorted()
        #expect(own[.decoding]?.value == channels[1] && channels.count == 3)
        let next = try monitor.judge(lab.next)
        let seen = try #require(next.asItStands)
        #expect(seen.maps == .electrodes)
        #expect((seen.electrodes ?? 0) >= 5 && (seen.electrodes ?? 0) <= 12)
        #expect((seen[.bitsPerSpike] == nil) == model.contains("gaussian"))
        #expect(seen.numbers.allSatisfy { $0.value.isFinite })
    }

    @Test("what can't be judged is refused")
    func refused() throws {
        let lab = try DriftLab.get()
        let monitor = try monitor(lab)
        #expect(throws: RegistryError.self) { try monitor.judge("nobody") }
        try lab.register("short") { day in
            let bins = 15
            func cut(_ values: [Float], _ width: Int) -> [Float] {
                (0..<day.trialCount).flatMap { trial in
                    values[(trial * day.binCount * width)..<((trial * day.binCount + bins) * width)]
                }
            }
            day.values = cut(day.values, day.units.count)
            day.behavior = cut(day.behavior, day.behaviorNames.count)
            day.trueRates = day.trueRates.map { cut($0, day.units.count) }
            day.binCount = bins
            day.encodedBinCount = bins
        }
        #expect(
            throws: StitchingError.doesNotFit(
                session: "short", run: "small", what: "bins", found: 15, expected: 20)
        ) { try monitor.judge("short") }
        var options = DriftMonitor.Options(threads: 1)
        options.channels = ["hand_x"]
        #expect(throws: EvaluationError.self) {
            try DriftMonitor(run: "small", in: lab.registry, options: options)
        }
        options.channels = []
        options.historyMilliseconds = 1e5
        #expect(throws: EvaluationError.self) {
            try DriftMonitor(run: "small", in: lab.registry, options: options)
        }
    }
}
